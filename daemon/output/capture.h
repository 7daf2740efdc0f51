/* Capture: what a child writes to one of its outputs, on its way into a log file.
 *
 * Reads the pipe when there is something to read. While the log's target cannot take more, it stops
 * reading, so that only the program that writes there waits. */
#pragma once

#include <glib.h>
#include <systemd/sd-event.h>

#include "daemon/output/log-file.h"

typedef struct Capture Capture;

/* Takes over fd (the reading end, non-blocking) and file (NULL = the bytes are thrown away). name
 * and channel ("stdout", "stderr") are for the main log. Negative errno; then nothing was taken
 * over. */
int capture_new(sd_event *event, int fd, LogFile *file, const char *name, const char *channel,
                Capture **ret);
Capture *capture_free(Capture *capture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Capture, capture_free)

/* Reads what is there now, at most 1 MiB, before a pipe is closed whose writer has ended. */
void capture_drain(Capture *capture);
/* See log_file_set_rotation(). */
void capture_set_rotation(Capture *capture, const Rotation *rotation);
/* For who moved the log file away. */
void capture_reopen_log(Capture *capture);
