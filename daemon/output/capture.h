/* Capture: reads what a child writes to one of its outputs, and gives it to a channel.
 *
 * While one of the channel's outlets cannot take more, it stops reading, so that only the program
 * that writes there waits. */
#pragma once

#include <glib.h>
#include <systemd/sd-event.h>

#include "daemon/output/channel.h"

typedef struct Capture Capture;

/* Takes over fd (the reading end, non-blocking) and channel. Negative errno; then nothing was taken
 * over. */
int capture_new(sd_event *event, int fd, Channel *channel, Capture **ret);
/* Reads what is there now, at most 1 MiB, for the last time. */
Capture *capture_free(Capture *capture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Capture, capture_free)

/* Borrowed. */
Channel *capture_channel(const Capture *capture);
/* The pipe has no writer any more, and all that was in it has been read. */
bool capture_is_over(const Capture *capture);

/* What is written from now on is of this process. */
void capture_set_pid(Capture *capture, pid_t pid);
/* Its log file, where there is one: see outlet_reopen() and so on. */
void capture_reopen_log(Capture *capture);
int capture_clear_log(Capture *capture);
void capture_set_rotation(Capture *capture, const Rotation *rotation);

/* Reads what is there now, at most 1 MiB and only as long as the outlets take it. */
void capture_drain(Capture *capture);
/* The program has ended, and others may still write to the pipe: what may be of the program itself
 * comes before all that living programs write. Tells when it is over, from the loop; it may be
 * freed then. */
void capture_outlive(Capture *capture, void (*on_over)(Capture *capture, void *userdata),
                void *userdata);
