/* "last" moves only over events that the pool has got or does not want. So whatever goes wrong,
 * asking for what comes after it is right. */

#include "listener-host/feed.h"

/* So many events are always worth being here before they are needed. */
#define FEW_EVENTS 16

struct Feed {
        GQueue ahead;       /* Event, oldest first */
        uint64_t end;       /* ahead, or behind us, is all up to it */
        size_t n_last_page; /* events */
        bool comes_by_itself;
        uint64_t newest_tick[_EVENT_TYPE_MAX];
};

Feed *feed_new(uint64_t after)
{
        Feed *feed = g_new0(Feed, 1);

        g_queue_init(&feed->ahead);
        feed->end = after;
        return feed;
}

static void unref_event(gpointer event)
{
        event_unref(event);
}

Feed *feed_free(Feed *feed)
{
        if (!feed)
                return NULL;
        g_queue_clear_full(&feed->ahead, unref_event);
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

        return !feed->comes_by_itself && feed->ahead.length + n_waiting <= few;
}

static void take(Feed *feed, const FeedPage *page)
{
        for (unsigned i = 0; i < page->events->len; i++) {
                const Event *event = page->events->pdata[i];

                if (event->serial <= feed->end || event->serial > page->last)
                        continue;
                g_queue_push_tail(&feed->ahead, event_ref(event));
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
        return g_queue_peek_head((GQueue *)&feed->ahead);
}

void feed_pop(Feed *feed)
{
        event_unref(g_queue_pop_head(&feed->ahead));
}

void feed_reset(Feed *feed)
{
        feed->end = feed_last(feed);
        g_queue_clear_full(&feed->ahead, unref_event);
        feed->n_last_page = 0;
        feed->comes_by_itself = false;
}
