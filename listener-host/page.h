/* Page: some events of the daemon's log in one message, for the feed of a pool. */
#pragma once

#include <stdint.h>

#include "listener-host/call.h"
#include "listener-host/feed.h"

/* The events of the pool (path of its object) above the serial "after". Negative errno of sd-bus.
 */
int page_request(const Peer *peer, const char *path, uint64_t after, CallAnswered answered,
                void *userdata, QueuedCall **ret);

/* Reads the answer, or the signal EventsArrived; what is in *ret is given back by page_clear().
 * Events that the log has lost are said, for the pool of this name. -ESTALE when it is of another
 * run of the daemon; other negative errnos when it is of another shape. */
int page_read(sd_bus_message *message, const char *run_id, const char *pool, FeedPage *ret);
void page_clear(FeedPage *page);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FeedPage, page_clear)
