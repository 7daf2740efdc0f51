/* Page: some events of the daemon's log in one message, asked for by EventsSince, for a feed that
 * lags. */
#pragma once

#include <stdint.h>

#include "listener-host/call.h"
#include "listener-host/feed.h"

#define PAGE_MAX_EVENTS 64

/* Events above the serial "after" and of these types (NULL-terminated names, at least one), at most
 * "max". Negative errno of sd-bus. */
int page_request(const Peer *peer, uint64_t after, char **types, uint32_t max,
                sd_bus_message_handler_t callback, void *userdata, sd_bus_slot **ret_slot);

/* Passes the answer on to the feed and counts the events that were gone through; those that the
 * feed had no room for are left. Events that the log lost are said, for the pool of this name.
 * -ESTALE when it is of another run of the daemon; other negative errnos when it is of another
 * shape. */
int page_read(sd_bus_message *answer, const char *run_id, const char *pool, Feed *feed,
                unsigned *ret_n);
