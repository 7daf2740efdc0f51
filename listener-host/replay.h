/* Replay: recorded events, one line of event-json each, as busvisorctl events --json prints them.
 */
#pragma once

#include <glib.h>

#include "bus/event.h"

typedef struct Replay Replay;

/* path: "-" for stdin. NULL with an error that names the file. */
Replay *replay_open(const char *path, GError **error);
Replay *replay_free(Replay *replay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Replay, replay_free)

/* The next event of one of the types. NULL at the end, or with an error that names file and line;
 * empty lines are passed over. */
Event *replay_next(Replay *replay, EventTypeSet types, GError **error);
