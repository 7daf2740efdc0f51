/* A feed and the log behind it, of which the test makes pages as the daemon does. */

#include "listener-host/feed.h"

static Event *make(uint64_t serial)
{
        Event *event = event_new(EVENT_TICK_5);

        event->serial = serial;
        return event;
}

static void unref_event(gpointer event)
{
        event_unref(event);
}

/* A page of the events first to last; the pool wants nothing else after `after`, and up to `end`.
 */
static FeedPage make_page(uint64_t after, uint64_t first, uint64_t last, uint64_t end, bool is_end)
{
        FeedPage page = {
                .after = after,
                .last = end,
                .is_end = is_end,
                .events = g_ptr_array_new_with_free_func(unref_event),
        };

        for (uint64_t serial = first; serial <= last; serial++)
                g_ptr_array_add(page.events, make(serial));
        return page;
}

static bool answer(Feed *feed, uint64_t first, uint64_t last, uint64_t end, bool is_end)
{
        FeedPage page = make_page(feed_end(feed), first, last, end, is_end);
        bool fits = feed_take_answer(feed, &page);

        g_ptr_array_unref(page.events);
        return fits;
}

static void arrive(Feed *feed, uint64_t after, uint64_t first, uint64_t last)
{
        FeedPage page = make_page(after, first, last, last, true);

        feed_take_arrived(feed, &page);
        g_ptr_array_unref(page.events);
}

/* The pool gets events up to this one. */
static void pop_until(Feed *feed, uint64_t serial)
{
        while (feed_last(feed) < serial) {
                g_assert_nonnull(feed_peek(feed));
                g_assert_cmpuint(feed_peek(feed)->serial, ==, feed_last(feed) + 1);
                feed_pop(feed);
        }
}

static void test_begin(void)
{
        g_autoptr(Feed) feed = feed_new(7);

        g_assert_cmpuint(feed_last(feed), ==, 7);
        g_assert_cmpuint(feed_end(feed), ==, 7);
        g_assert_true(feed_is_hungry(feed, 0));
        g_assert_null(feed_peek(feed));
}

/* The next page is due when half of the last one is left, here and in the queue, or only few are.
 */
static void test_hunger(void)
{
        g_autoptr(Feed) feed = feed_new(0);

        g_assert_true(answer(feed, 1, 100, 100, false));
        g_assert_cmpuint(feed_last(feed), ==, 0);
        g_assert_cmpuint(feed_end(feed), ==, 100);
        g_assert_false(feed_is_hungry(feed, 0));
        pop_until(feed, 50);
        g_assert_true(feed_is_hungry(feed, 0));
        g_assert_false(feed_is_hungry(feed, 1));
        g_assert_true(answer(feed, 101, 102, 102, false));
        g_assert_false(feed_is_hungry(feed, 0));
        pop_until(feed, 102);
        g_assert_false(feed_is_hungry(feed, 17));
        g_assert_true(feed_is_hungry(feed, 16));
}

/* At the end of the log nothing is asked for: the next page comes by itself, once. */
static void test_end(void)
{
        g_autoptr(Feed) feed = feed_new(0);

        g_assert_true(answer(feed, 1, 2, 2, true));
        pop_until(feed, 2);
        g_assert_false(feed_is_hungry(feed, 0));
        arrive(feed, 2, 3, 3);
        pop_until(feed, 3);
        g_assert_true(feed_is_hungry(feed, 0));
        g_assert_true(answer(feed, 1, 0, 3, true));
        g_assert_null(feed_peek(feed));
        g_assert_false(feed_is_hungry(feed, 0));
}

/* Events that the pool does not want are passed over: by an answer, by what comes by itself, and by
 * what lies before that. */
static void test_unwanted(void)
{
        g_autoptr(Feed) feed = feed_new(0);

        g_assert_true(answer(feed, 1, 0, 4000, false));
        g_assert_cmpuint(feed_last(feed), ==, 4000);
        g_assert_true(feed_is_hungry(feed, 0));
        g_assert_true(answer(feed, 4010, 4010, 4020, true));
        g_assert_cmpuint(feed_last(feed), ==, 4009);
        feed_pop(feed);
        g_assert_cmpuint(feed_last(feed), ==, 4020);
        arrive(feed, 5000, 1, 0);
        g_assert_cmpuint(feed_last(feed), ==, 4020);
        g_assert_true(feed_is_hungry(feed, 0));
        g_assert_true(answer(feed, 1, 0, 5000, true));
        arrive(feed, 5100, 5101, 5101);
        g_assert_cmpuint(feed_last(feed), ==, 5100);
        g_assert_cmpuint(feed_peek(feed)->serial, ==, 5101);
}

/* Whatever comes that was not waited for changes nothing. */
static void test_strays(void)
{
        g_autoptr(Feed) feed = feed_new(10);

        arrive(feed, 10, 11, 11);
        g_assert_null(feed_peek(feed));
        g_assert_true(answer(feed, 11, 12, 12, true));
        arrive(feed, 10, 11, 13); /* begins before the end */
        g_assert_cmpuint(feed_end(feed), ==, 12);
        g_assert_cmpuint(feed_last(feed), ==, 10);
        pop_until(feed, 12);
        g_assert_true(feed_is_hungry(feed, 0));
}

/* An answer that would be asked for again and again. */
static void test_wrong_answers(void)
{
        g_autoptr(Feed) feed = feed_new(10);
        FeedPage other = make_page(9, 10, 10, 10, true);

        g_assert_false(feed_take_answer(feed, &other));
        g_ptr_array_unref(other.events);
        g_assert_false(answer(feed, 11, 10, 10, false));
        g_assert_false(answer(feed, 9, 9, 9, true));
        g_assert_cmpuint(feed_end(feed), ==, 10);
        g_assert_null(feed_peek(feed));
}

/* No event twice, none that is above what the page says that it has. */
static void test_events_out_of_place(void)
{
        g_autoptr(Feed) feed = feed_new(10);

        g_assert_true(answer(feed, 9, 13, 12, false));
        pop_until(feed, 12);
        g_assert_null(feed_peek(feed));
}

static void test_reset(void)
{
        g_autoptr(Feed) feed = feed_new(0);

        g_assert_true(answer(feed, 1, 10, 12, true));
        pop_until(feed, 4);
        feed_reset(feed);
        g_assert_null(feed_peek(feed));
        g_assert_cmpuint(feed_last(feed), ==, 4);
        g_assert_cmpuint(feed_end(feed), ==, 4);
        g_assert_true(feed_is_hungry(feed, 0));
        arrive(feed, 12, 13, 13);
        g_assert_null(feed_peek(feed));
        g_assert_true(answer(feed, 5, 10, 12, true));
        pop_until(feed, 12);
        feed_reset(feed);
        g_assert_cmpuint(feed_last(feed), ==, 12);
}

/* All events of this test are TICK_5; those that are not taken do not count. */
static void test_newest_tick(void)
{
        g_autoptr(Feed) feed = feed_new(0);

        g_assert_cmpuint(feed_newest_tick(feed, EVENT_TICK_5), ==, 0);
        g_assert_true(answer(feed, 1, 7, 5, false));
        g_assert_cmpuint(feed_newest_tick(feed, EVENT_TICK_5), ==, 5);
        g_assert_cmpuint(feed_newest_tick(feed, EVENT_TICK_60), ==, 0);
        pop_until(feed, 2);
        feed_reset(feed);
        g_assert_cmpuint(feed_newest_tick(feed, EVENT_TICK_5), ==, 5);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/feed/begin", test_begin);
        g_test_add_func("/feed/hunger", test_hunger);
        g_test_add_func("/feed/end", test_end);
        g_test_add_func("/feed/unwanted", test_unwanted);
        g_test_add_func("/feed/strays", test_strays);
        g_test_add_func("/feed/wrong-answers", test_wrong_answers);
        g_test_add_func("/feed/events-out-of-place", test_events_out_of_place);
        g_test_add_func("/feed/reset", test_reset);
        g_test_add_func("/feed/newest-tick", test_newest_tick);
        return g_test_run();
}
