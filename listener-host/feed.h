/* Feed: decides which events of the daemon's stream a pool still needs, so that it gets each one
 * once and in order, however many signals were missed.
 *
 * LIVE, it takes signals as they come. After a gap, a reconnection or a full queue it is LAGGING:
 * signals are left alone and the caller reads pages from the event log, until a page is empty.
 *
 * Events that are not broadcast come in pages only, and so does everything that the same pool wants
 * besides, or the order would be lost: then a signal, or word that there is something, begins the
 * lagging. Pure: the caller talks to the bus. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "bus/event-filter.h"

typedef struct Feed Feed;

/* Takes an event for the pool; false when there is no room for it. */
typedef bool (*FeedAccept)(const Event *event, void *userdata);

/* Begins LAGGING after the given serial. Copies the filter. */
Feed *feed_new(const EventFilter *filter, uint64_t after, FeedAccept accept, void *userdata);
Feed *feed_free(Feed *feed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Feed, feed_free)

/* Other events are wanted from here on. Copies the filter. */
void feed_set_filter(Feed *feed, const EventFilter *filter);

bool feed_is_live(const Feed *feed);
/* The pool has got all it needs up to this serial. */
uint64_t feed_last(const Feed *feed);

/* Signals may have been missed. */
void feed_lag(Feed *feed);

/* The event log has events that are not broadcast. */
void feed_pending(Feed *feed);
/* A signal: previous is the serial of the signal before it. */
void feed_signal(Feed *feed, const Event *event, uint64_t previous);

/* One event of a page, in order. False when the rest of the page has to be left. */
bool feed_page_event(Feed *feed, const Event *event);
/* The page had no event, and next is the serial of the next event of the daemon. */
void feed_page_empty(Feed *feed, uint64_t next);
/* How many serials are missing when the event log begins with oldest: the log did not keep them. */
uint64_t feed_missing(const Feed *feed, uint64_t oldest);
