/* "last" moves only over events that the pool has got or does not want. So whatever goes wrong,
 * asking for what comes after it is right. */

#include "listener-host/feed.h"

/* So many events are always worth being here before they are needed. */
#define FEW_EVENTS 16

struct Feed {
        GPtrArray *ahead;   /* Event, oldest first, but for the first ones, which the pool has */
        unsigned n_popped;  /* so many */
        uint64_t end;       /* ahead, or behind us, is all up to it */
        size_t n_last_page; /* events */
        bool comes_by_itself;
        uint64_t newest_tick[_EVENT_TYPE_MAX];
};

Feed *feed_new(uint64_t after)
{
        Feed *feed = g_new0(Feed, 1);

        feed->ahead = g_ptr_array_new();
        feed->end = after;
        return feed;
}

static void clear_ahead(Feed *feed)
{
        while (feed_peek(feed))
                feed_pop(feed);
}

Feed *feed_free(Feed *feed)
{
        if (!feed)
                return NULL;
        clear_ahead(feed);
        g_ptr_array_unref(feed->ahead);
        g_free(feed);
        return NULL;
}

uint64_t feed_last(const Feed *feed)
{
        const Event *next = feed_peek(feed);

        return next ? next->serial - 1 : feed->end;
}

uint64_t feed_end(const Feed *feed)
{
        return feed->end;
}

uint64_t feed_newest_tick(const Feed *feed, EventType type)
{
        return feed->newest_tick[type];
}

bool feed_is_hungry(const Feed *feed, size_t n_waiting)
{
        size_t few = MAX(feed->n_last_page / 2, FEW_EVENTS);

        return !feed->comes_by_itself && feed->ahead->len - feed->n_popped + n_waiting <= few;
}

static void forget_popped(Feed *feed)
{
        if (feed->n_popped > 0)
                g_ptr_array_remove_range(feed->ahead, 0, feed->n_popped);
        feed->n_popped = 0;
}

static void take(Feed *feed, const FeedPage *page)
{
        forget_popped(feed);
        for (unsigned i = 0; i < page->events->len; i++) {
                const Event *event = page->events->pdata[i];

                if (event->serial <= feed->end || event->serial > page->last)
                        continue;
                g_ptr_array_add(feed->ahead, event_ref(event));
                if (event_type_tick_period(event->type) > 0)
                        feed->newest_tick[event->type] = event->serial;
        }
        feed->end = page->last;
        feed->n_last_page = page->events->len;
}

bool feed_take_answer(Feed *feed, const FeedPage *page)
{
        if (page->after != feed->end || page->last < page->after ||
                        (page->last == page->after && !page->is_end))
                return false;
        take(feed, page);
        feed->comes_by_itself = page->is_end;
        return true;
}

/* The daemon has seen what lies between, and found that the pool does not want it. */
void feed_take_arrived(Feed *feed, const FeedPage *page)
{
        if (!feed->comes_by_itself)
                return;
        feed->comes_by_itself = false;
        feed->n_last_page = 0;
        if (page->after >= feed->end && page->last >= page->after)
                take(feed, page);
}

const Event *feed_peek(const Feed *feed)
{
        return feed->n_popped < feed->ahead->len ? feed->ahead->pdata[feed->n_popped] : NULL;
}

void feed_pop(Feed *feed)
{
        event_unref(feed->ahead->pdata[feed->n_popped++]);
}

void feed_reset(Feed *feed)
{
        feed->end = feed_last(feed);
        clear_ahead(feed);
        feed->n_last_page = 0;
        feed->comes_by_itself = false;
}
