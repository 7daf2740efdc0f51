/* Loop: what a command runs in that goes on until somebody ends it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-event.h>

/* SIGINT and SIGTERM, which are blocked from now on, end the loop, with their numbers as its
 * result. Negative errno. */
int loop_new(sd_event **ret);

/* Another signal that ends it. */
int loop_end_by(sd_event *loop, int number);

/* It ends as well at this time, CLOCK_MONOTONIC, with 0; UINT64_MAX = never. */
int loop_end_at(sd_event *loop, uint64_t usec);

/* The loop ends as well when nobody reads what we write to stdout, without waiting for something to
 * write. */
int loop_end_with_reader(sd_event *loop);

/* Has one of the signals come? For work outside of the loop; NULL, no loop, is never ending. */
bool loop_is_ending(sd_event *loop);
