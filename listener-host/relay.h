/* Relay: brings what listeners answer to where everybody reads: lines, one answer after the other,
 * to stdout, which is that of busvisord.
 *
 * Never waits: while stdout takes no more, answers stay here, and their listeners get no further
 * events. Lines of up to 4096 bytes stay whole in a pipe, whoever else writes there. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-event.h>

#include "listener-host/labelled-lines.h"

typedef struct Relay Relay;

/* 0: all of it was written. Negative errno: not all of it, and the rest is dropped. May push and
 * cancel. */
typedef void (*RelayDone)(int r, void *userdata);

/* path: what to open for writing, at once; where that fails, again when there is something to be
 * written. */
Relay *relay_new(sd_event *loop, const char *path);
Relay *relay_free(Relay *relay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Relay, relay_free)

/* Takes the lines. 1: they have been written. 0: they are under way, and done will be called,
 * later. Negative errno: they cannot be written. */
int relay_push(Relay *relay, LabelledLines *lines, RelayDone done, void *userdata);
/* Nobody waits any more for what was pushed with this userdata, and is under way. True when nothing
 * of it was written, nor will be; false when its beginning was, and the rest will follow. */
bool relay_cancel(Relay *relay, const void *userdata);
