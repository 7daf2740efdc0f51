/* Log follow: what is appended to a log, as it comes, across rotation, clearing and restarts.
 *
 * The file is read through a descriptor that the daemon hands out, at once when it grows. Where
 * descriptors cannot come, the daemon is asked for pages now and then. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>
#include <systemd/sd-event.h>

#include "tools/ctl/client.h"
#include "tools/ctl/log-source.h"

typedef struct LogFollow LogFollow;

/* Called from the loop. Not to free the LogFollow. */
typedef struct LogFollowHandler {
        void (*on_data)(const void *data, size_t size, void *userdata);
        /* The file has become shorter; what comes now is from its beginning. May be NULL. */
        void (*on_truncated)(void *userdata);
        /* The daemon is gone, and everything that it wrote has been handed out. Nothing more comes.
         */
        void (*on_lost)(void *userdata);
        void *userdata;
} LogFollowHandler;

/* The client must be connected, and its bus attached to the loop. All is borrowed but the contents
 * of handler. */
LogFollow *log_follow_new(Client *client, sd_event *loop, const LogSource *source,
                const LogFollowHandler *handler);
LogFollow *log_follow_free(LogFollow *follow);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LogFollow, log_follow_free)

/* Begins with the last bytes that are there, at most so many. With FAILURE_NO_FILE when there is no
 * log to read. */
bool log_follow_start(LogFollow *follow, uint64_t last_bytes, GError **error);
