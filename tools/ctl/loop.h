/* Loop: what a command runs in that goes on until somebody ends it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-bus.h>
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

/* Until it has ended; work, which may be NULL, is called whenever something has happened. Its
 * result, or negative errno. */
int loop_run(sd_event *loop, void (*work)(void *userdata), void *userdata);

/* Where something has to be waited for at the top of the loop, never in a handler of it: lets it go
 * on until something has happened, no longer than usec. -ECANCELED when it has ended. */
int loop_step(sd_event *loop, uint64_t usec);
/* Likewise sd_bus_call() on a connection that is attached to the loop. */
int loop_call(sd_event *loop, sd_bus *bus, sd_bus_message *call, uint64_t timeout_usec,
                sd_bus_error *ret_error, sd_bus_message **ret_reply);

/* Has it ended? NULL, no loop, never has. */
bool loop_is_over(sd_event *loop);

/* Has one of the signals come? For work outside of the loop; NULL, no loop, is never ending. */
bool loop_is_ending(sd_event *loop);
