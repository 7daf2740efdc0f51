/* Feed: brings the events of a pool from the daemon's log, page by page, so that the pool gets each
 * one once and in order, whatever was lost on the way.
 *
 * A page is due when what is left of the last one comes to its end, so that neither the listeners
 * wait for a page nor pages become small while much is to be done. When a page says that there is
 * no more at present, the next one comes by itself. Pure: the caller talks to the bus, and says
 * what it has asked for. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "bus/event.h"

typedef struct Feed Feed;

/* Events out of the log. */
typedef struct FeedPage {
        uint64_t after, last; /* all that the pool wants with a serial above the one, and not above
                                 the other */
        bool is_end;          /* so far there are no others */
        GPtrArray *events;    /* Event */
} FeedPage;

/* The pool is to get what comes after this serial. */
Feed *feed_new(uint64_t after);
Feed *feed_free(Feed *feed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Feed, feed_free)

/* The pool has got all it needs up to this serial. */
uint64_t feed_last(const Feed *feed);
/* Where the next page begins. */
uint64_t feed_end(const Feed *feed);
/* Serial of the last event of that type on a page so far, for TICKs; 0 = none. */
uint64_t feed_newest_tick(const Feed *feed, EventType type);
/* A page should be asked for, when the pool has so many events besides that nobody has got yet. */
bool feed_is_hungry(const Feed *feed, size_t n_waiting);

/* What was asked for has come. False when it does not begin where it should. */
bool feed_take_answer(Feed *feed, const FeedPage *page);
/* Likewise without having been asked for; one that comes at another time is left alone, and what is
 * in it will be asked for. */
void feed_take_arrived(Feed *feed, const FeedPage *page);

/* The next event, borrowed; NULL when there is none here. */
const Event *feed_peek(const Feed *feed);
/* The pool has got that one. */
void feed_pop(Feed *feed);

/* What was asked for will not come, nor anything by itself: all that the pool has not got is asked
 * for again. */
void feed_reset(Feed *feed);
