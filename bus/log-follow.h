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

#include "bus/call-queue.h"
#include "bus/log-source.h"

typedef struct LogFollow LogFollow;

/* Called from the loop. Not to free the LogFollow. */
typedef struct LogFollowHandler {
        void (*on_data)(const void *data, size_t size, void *userdata);
        /* The file has become shorter; what comes now is from its beginning. May be NULL. */
        void (*on_truncated)(void *userdata);
        /* The daemon is gone, and everything that it wrote has been handed out. Nothing more comes.
         */
        void (*on_lost)(void *userdata);
        /* The process is not there any more. May be NULL: then it is waited for. */
        void (*on_removed)(void *userdata);
        void *userdata;
} LogFollowHandler;

/* The bus of the calls must be attached to the loop. All is borrowed but the name and what is in
 * handler. */
LogFollow *log_follow_new(CallQueue *calls, const char *bus_name, sd_event *loop,
                const LogSource *source, const LogFollowHandler *handler);
LogFollow *log_follow_free(LogFollow *follow);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LogFollow, log_follow_free)

/* Once, one of the two: with a descriptor of the log, which it takes over, or, where none can come,
 * with where the log ends. Begins with the last bytes that are there, at most so many. */
int log_follow_start_with_file(LogFollow *follow, int fd, uint64_t last_bytes);
int log_follow_start_with_pages(LogFollow *follow, uint64_t end, uint64_t last_bytes);

/* While it is paused nothing is read; what comes stays where it is. */
void log_follow_set_paused(LogFollow *follow, bool paused);
