/* The pool behind the feed is a list of serials with a bound. */

#include "listener-host/feed.h"

#include <stdbool.h>

#define ROOM 4

typedef struct Sink {
        GString *serials;
        unsigned n;
} Sink;

static bool accept_event(const Event *event, void *userdata)
{
        Sink *sink = userdata;

        if (sink->n == ROOM)
                return false;
        sink->n++;
        g_string_append_printf(sink->serials, "%" G_GUINT64_FORMAT " ", event->serial);
        return true;
}

static Event *make(EventType type, uint64_t serial)
{
        Event *event = event_new(type);

        event->serial = serial;
        return event;
}

static void signal_event(Feed *feed, uint64_t serial, uint64_t previous)
{
        g_autoptr(Event) event = make(EVENT_TICK_5, serial);

        feed_signal(feed, event, previous);
}

static bool page_event(Feed *feed, uint64_t serial)
{
        g_autoptr(Event) event = make(EVENT_TICK_5, serial);

        return feed_page_event(feed, event);
}

static Sink sink;

static void set_types(Feed *feed, EventTypeSet types)
{
        const EventFilter filter = { .types = types };

        feed_set_filter(feed, &filter);
}

static Feed *new_feed(uint64_t after)
{
        const EventFilter filter = { .types = event_type_bit(EVENT_TICK_5) };

        if (sink.serials)
                g_string_free(sink.serials, true);
        sink = (Sink){.serials = g_string_new(NULL)};
        return feed_new(&filter, after, accept_event, &sink);
}

static void test_begins_lagging(void)
{
        g_autoptr(Feed) feed = new_feed(5);

        signal_event(feed, 6, 5);
        g_assert_cmpstr(sink.serials->str, ==, "");
        g_assert_true(page_event(feed, 6));
        g_assert_false(feed_is_live(feed));
        feed_page_empty(feed, 9);
        g_assert_true(feed_is_live(feed));
        g_assert_cmpuint(feed_last(feed), ==, 8);
        signal_event(feed, 8, 7);
        signal_event(feed, 9, 8);
        g_assert_cmpstr(sink.serials->str, ==, "6 9 ");
}

/* An empty log: nothing has a serial yet. */
static void test_empty_log(void)
{
        g_autoptr(Feed) feed = new_feed(0);

        feed_page_empty(feed, 1);
        g_assert_cmpuint(feed_last(feed), ==, 0);
        signal_event(feed, 1, 0);
        g_assert_cmpstr(sink.serials->str, ==, "1 ");
}

static void test_gap(void)
{
        g_autoptr(Feed) feed = new_feed(0);

        feed_page_empty(feed, 1);
        signal_event(feed, 1, 0);
        signal_event(feed, 3, 2);
        g_assert_false(feed_is_live(feed));
        g_assert_cmpuint(feed_last(feed), ==, 1);
        signal_event(feed, 4, 3);
        page_event(feed, 2);
        page_event(feed, 3);
        page_event(feed, 4);
        feed_page_empty(feed, 5);
        signal_event(feed, 4, 3);
        g_assert_cmpstr(sink.serials->str, ==, "1 2 3 4 ");
}

static void test_other_types_only_move_on(void)
{
        g_autoptr(Feed) feed = new_feed(0);
        g_autoptr(Event) other = make(EVENT_TICK_60, 1);

        feed_page_empty(feed, 1);
        feed_signal(feed, other, 0);
        g_assert_cmpuint(feed_last(feed), ==, 1);
        signal_event(feed, 2, 1);
        g_assert_true(feed_is_live(feed));
        g_assert_cmpstr(sink.serials->str, ==, "2 ");
}

/* From here on, without asking for anything again. */
static void test_set_types(void)
{
        g_autoptr(Feed) feed = new_feed(0);
        g_autoptr(Event) hour = make(EVENT_TICK_3600, 2);

        feed_page_empty(feed, 1);
        signal_event(feed, 1, 0);
        set_types(feed, event_type_bit(EVENT_TICK_3600));
        feed_signal(feed, hour, 1);
        signal_event(feed, 3, 2);
        g_assert_true(feed_is_live(feed));
        g_assert_cmpuint(feed_last(feed), ==, 3);
        g_assert_cmpstr(sink.serials->str, ==, "1 2 ");
}

static Event *make_exit(const char *process, uint64_t serial)
{
        Event *event = event_new_process_state("site", process, PROCESS_RUNNING, PROCESS_EXITED);

        event->serial = serial;
        return event;
}

/* What does not pass the filter is over and done with, both in signals and in pages. */
static void test_filter(void)
{
        char *processes[] = { "web*", NULL };
        const EventFilter filter = { .types = event_type_bit(EVENT_PROCESS_STATE_EXITED),
                .processes = processes };
        g_autoptr(Feed) feed = new_feed(0);
        g_autoptr(Event) web = make_exit("web1", 1), mail = make_exit("mail", 2);
        g_autoptr(Event) later = make_exit("web2", 3), last = make_exit("mail", 4);

        feed_set_filter(feed, &filter);
        g_assert_true(feed_page_event(feed, web));
        g_assert_true(feed_page_event(feed, mail));
        g_assert_cmpuint(feed_last(feed), ==, 2);
        feed_page_empty(feed, 3);
        feed_signal(feed, later, 2);
        feed_signal(feed, last, 3);
        g_assert_true(feed_is_live(feed));
        g_assert_cmpuint(feed_last(feed), ==, 4);
        g_assert_cmpstr(sink.serials->str, ==, "1 3 ");
}

static void test_full_pool(void)
{
        g_autoptr(Feed) feed = new_feed(0);

        feed_page_empty(feed, 1);
        for (uint64_t serial = 1; serial <= ROOM + 2; serial++)
                signal_event(feed, serial, serial - 1);
        g_assert_false(feed_is_live(feed));
        g_assert_cmpuint(feed_last(feed), ==, ROOM);
        g_assert_false(page_event(feed, ROOM + 1));
        sink.n = 0;
        g_assert_true(page_event(feed, ROOM + 1));
        g_assert_cmpuint(feed_last(feed), ==, ROOM + 1);
}

static void test_page_again(void)
{
        g_autoptr(Feed) feed = new_feed(0);

        page_event(feed, 1);
        page_event(feed, 2);
        g_assert_true(page_event(feed, 1));
        g_assert_cmpstr(sink.serials->str, ==, "1 2 ");
}

static void test_lag(void)
{
        g_autoptr(Feed) feed = new_feed(0);

        feed_page_empty(feed, 1);
        feed_lag(feed);
        signal_event(feed, 1, 0);
        g_assert_cmpuint(feed_last(feed), ==, 0);
}

static void test_missing(void)
{
        g_autoptr(Feed) feed = new_feed(10);

        g_assert_cmpuint(feed_missing(feed, 0), ==, 0);
        g_assert_cmpuint(feed_missing(feed, 11), ==, 0);
        g_assert_cmpuint(feed_missing(feed, 14), ==, 3);
}

/* What is not broadcast comes in pages, and with it, in order, what else the pool wants. */
static void test_pages_only(void)
{
        g_autoptr(Feed) feed = new_feed(0);

        set_types(feed, event_type_bit(EVENT_TICK_5) | event_type_bit(EVENT_PROCESS_LOG_STDOUT));
        feed_page_empty(feed, 1);
        g_assert_true(feed_is_live(feed));
        signal_event(feed, 2, 0);
        g_assert_false(feed_is_live(feed));
        g_assert_cmpuint(feed_last(feed), ==, 0);
        g_assert_true(page_event(feed, 1));
        g_assert_true(page_event(feed, 2));
        feed_page_empty(feed, 3);
        g_assert_true(feed_is_live(feed));
        feed_pending(feed);
        g_assert_false(feed_is_live(feed));
        g_assert_cmpstr(sink.serials->str, ==, "1 2 ");
}

/* A feed that hears of nothing it wants must not stay behind for ever. */
static void test_quiet_pages(void)
{
        g_autoptr(Feed) feed = new_feed(0);
        g_autoptr(Event) near = make(EVENT_TICK_5, 200), far = make(EVENT_TICK_5, 2000);

        set_types(feed, event_type_bit(EVENT_PROCESS_LOG_STDOUT));
        feed_page_empty(feed, 1);
        feed_signal(feed, near, 0);
        g_assert_true(feed_is_live(feed));
        feed_signal(feed, far, 200);
        g_assert_false(feed_is_live(feed));
        feed_page_empty(feed, 2001);
        g_assert_cmpuint(feed_last(feed), ==, 2000);
}

/* Others need no word of it. */
static void test_pending_of_others(void)
{
        g_autoptr(Feed) feed = new_feed(0);

        feed_page_empty(feed, 1);
        feed_pending(feed);
        g_assert_true(feed_is_live(feed));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/feed/begins-lagging", test_begins_lagging);
        g_test_add_func("/feed/empty-log", test_empty_log);
        g_test_add_func("/feed/gap", test_gap);
        g_test_add_func("/feed/other-types-only-move-on", test_other_types_only_move_on);
        g_test_add_func("/feed/set-types", test_set_types);
        g_test_add_func("/feed/filter", test_filter);
        g_test_add_func("/feed/full-pool", test_full_pool);
        g_test_add_func("/feed/page-again", test_page_again);
        g_test_add_func("/feed/lag", test_lag);
        g_test_add_func("/feed/missing", test_missing);
        g_test_add_func("/feed/pages-only", test_pages_only);
        g_test_add_func("/feed/quiet-pages", test_quiet_pages);
        g_test_add_func("/feed/pending-of-others", test_pending_of_others);
        return g_test_run();
}
