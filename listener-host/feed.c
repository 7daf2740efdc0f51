/* "last" moves only over events that the pool has accepted or does not want. So whatever goes
 * wrong, asking for what comes after "last" is right. */

#include "listener-host/feed.h"

/* So far may a feed that reads pages fall behind while it hears of nothing that it wants. */
#define QUIET_EVENTS 256

struct Feed {
        EventFilter filter;
        uint64_t last;
        bool is_live;
        FeedAccept accept;
        void *userdata;
};

Feed *feed_new(const EventFilter *filter, uint64_t after, FeedAccept accept, void *userdata)
{
        Feed *feed = g_new0(Feed, 1);

        event_filter_copy(&feed->filter, filter);
        feed->last = after;
        feed->accept = accept;
        feed->userdata = userdata;
        return feed;
}

Feed *feed_free(Feed *feed)
{
        if (!feed)
                return NULL;
        event_filter_clear(&feed->filter);
        g_free(feed);
        return NULL;
}

void feed_set_filter(Feed *feed, const EventFilter *filter)
{
        event_filter_clear(&feed->filter);
        event_filter_copy(&feed->filter, filter);
}

bool feed_is_live(const Feed *feed)
{
        return feed->is_live;
}

uint64_t feed_last(const Feed *feed)
{
        return feed->last;
}

void feed_lag(Feed *feed)
{
        feed->is_live = false;
}

static bool is_wanted(const Feed *feed, const Event *event)
{
        return event_filter_passes(&feed->filter, event);
}

static bool offer(Feed *feed, const Event *event)
{
        if (is_wanted(feed, event) && !feed->accept(event, feed->userdata))
                return false;
        feed->last = event->serial;
        return true;
}

static bool reads_pages(const Feed *feed)
{
        return feed->filter.types & event_types_restricted();
}

void feed_pending(Feed *feed)
{
        if (reads_pages(feed))
                feed_lag(feed);
}

void feed_signal(Feed *feed, const Event *event, uint64_t previous)
{
        if (!feed->is_live || event->serial <= feed->last)
                return;
        if (reads_pages(feed)) {
                if (is_wanted(feed, event) || event->serial > feed->last + QUIET_EVENTS)
                        feed_lag(feed);
                return;
        }
        if (previous > feed->last || !offer(feed, event))
                feed_lag(feed);
}

bool feed_page_event(Feed *feed, const Event *event)
{
        return event->serial <= feed->last || offer(feed, event);
}

void feed_page_empty(Feed *feed, uint64_t next)
{
        if (next > feed->last + 1)
                feed->last = next - 1;
        feed->is_live = true;
}

uint64_t feed_missing(const Feed *feed, uint64_t oldest)
{
        return oldest > feed->last + 1 ? oldest - feed->last - 1 : 0;
}
