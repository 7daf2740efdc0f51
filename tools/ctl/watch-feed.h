/* Watch feed: looks at the daemon again and again, without ever waiting for it.
 *
 * A look is asked for; it comes when all of it has been answered. Changes of states are told, so
 * that one can look at once. A daemon that goes is waited for. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-event.h>

#include "tools/ctl/client.h"

typedef struct WatchFeed WatchFeed;

/* Called from the loop. Arrays are of ProcessEntry, UsageEntry and PoolLag, borrowed. */
typedef struct WatchFeedHandler {
        void (*on_look)(const GPtrArray *processes, const GPtrArray *usage, const GPtrArray *pools,
                        void *userdata);
        void (*on_change)(
                        void *userdata); /* a process has another state, or there is another one */
        void (*on_away)(void *userdata); /* the daemon cannot be asked for now */
        void *userdata;
} WatchFeedHandler;

/* The client must be connected, and have this loop. Both are borrowed. */
WatchFeed *watch_feed_new(Client *client, sd_event *loop, const WatchFeedHandler *handler);
WatchFeed *watch_feed_free(WatchFeed *feed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WatchFeed, watch_feed_free)

/* Negative errno. */
int watch_feed_start(WatchFeed *feed);

/* For the top of the loop, see loop_run: connects again. */
void watch_feed_work(WatchFeed *feed);

/* Looks; false when one is under way, or the daemon is away. */
bool watch_feed_look(WatchFeed *feed);
