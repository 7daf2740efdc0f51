/* Gaps, repetitions and new runs in the stream of events. */

#include <glib.h>

#include "tools/ctl/follow.h"

static Event *event_at(EventType type, uint64_t serial, uint64_t realtime_usec)
{
        Event *event = event_new(type);

        event->serial = serial;
        event->realtime_usec = realtime_usec;
        return event;
}

static void advance(Follow *follow, uint64_t serial, uint64_t realtime_usec)
{
        g_autoptr(Event) event = event_at(EVENT_TICK_5, serial, realtime_usec);

        follow_advance(follow, event);
}

static FollowVerdict logged(const Follow *follow, uint64_t serial, uint64_t realtime_usec)
{
        g_autoptr(Event) event = event_at(EVENT_TICK_5, serial, realtime_usec);

        return follow_logged(follow, event);
}

static FollowVerdict signal_of(
                const Follow *follow, EventType type, uint64_t serial, uint64_t previous)
{
        g_autoptr(Event) event = event_at(type, serial, 0);

        return follow_signal(follow, event, previous);
}

static void test_signals(void)
{
        Follow follow = { 0 };

        follow_begin(&follow, "r1", 10, 1000);
        g_assert_cmpint(signal_of(&follow, EVENT_TICK_5, 9, 8), ==, FOLLOW_SEEN);
        g_assert_cmpint(signal_of(&follow, EVENT_TICK_5, 10, 9), ==, FOLLOW_NEXT);
        g_assert_cmpint(signal_of(&follow, EVENT_TICK_5, 10, 0), ==, FOLLOW_NEXT);
        advance(&follow, 10, 1001);
        /* 11 and 12 went to others only. */
        g_assert_cmpint(signal_of(&follow, EVENT_TICK_5, 13, 10), ==, FOLLOW_NEXT);
        g_assert_cmpint(signal_of(&follow, EVENT_TICK_5, 13, 12), ==, FOLLOW_GAP);
        g_assert_cmpint(signal_of(&follow, EVENT_TICK_5, 10, 12), ==, FOLLOW_SEEN);
        follow_clear(&follow);
}

/* A later event of one chain hides no gap in the other. */
static void test_two_chains(void)
{
        Follow follow = { .has_restricted = true };
        g_autoptr(Event) log = event_at(EVENT_PROCESS_LOG_STDOUT, 6, 1000);

        follow_begin(&follow, "r1", 5, 1000);
        g_assert_cmpint(signal_of(&follow, EVENT_PROCESS_LOG_STDOUT, 6, 2), ==, FOLLOW_NEXT);
        follow_advance(&follow, log);
        g_assert_cmpint(signal_of(&follow, EVENT_TICK_5, 7, 5), ==, FOLLOW_GAP);
        g_assert_cmpuint(follow_position(&follow), ==, 4);
        g_assert_cmpint(logged(&follow, 5, 2000), ==, FOLLOW_NEXT);
        g_assert_cmpint(follow_logged(&follow, log), ==, FOLLOW_SEEN);
        follow_clear(&follow);
}

/* The last of a chain was lost, and no other one of it follows. */
static void test_tick_after_hole(void)
{
        Follow follow = { .has_restricted = true };
        g_autoptr(Event) tick = event_new_tick(5, 0);
        g_autoptr(Event) log = event_at(EVENT_PROCESS_LOG_STDOUT, 5, 1000);

        follow_begin(&follow, "r1", 5, 1000);
        follow_advance(&follow, log);
        tick->serial = 6;
        g_assert_cmpint(follow_signal(&follow, tick, 4), ==, FOLLOW_NEXT);
        tick->serial = 7;
        g_assert_cmpint(follow_signal(&follow, tick, 4), ==, FOLLOW_GAP);
        g_assert_cmpint(signal_of(&follow, EVENT_PROCESS_STATE_RUNNING, 7, 4), ==, FOLLOW_NEXT);
        follow_advance_to(&follow, 8);
        tick->serial = 8;
        g_assert_cmpint(follow_signal(&follow, tick, 7), ==, FOLLOW_NEXT);
        follow.has_restricted = false;
        tick->serial = 20;
        g_assert_cmpint(follow_signal(&follow, tick, 7), ==, FOLLOW_NEXT);
        follow_clear(&follow);
}

/* Without a subscription its chain never moves, and must not have everything read again. */
static void test_one_chain(void)
{
        Follow follow = { 0 };

        follow_begin(&follow, "r1", 5, 1000);
        advance(&follow, 50, 1001);
        g_assert_cmpuint(follow_position(&follow), ==, 50);
        follow_clear(&follow);
}

static void test_log_closes_gap(void)
{
        Follow follow = { 0 };

        follow_begin(&follow, "r1", 5, 1000);
        g_assert_cmpint(logged(&follow, 4, 2000), ==, FOLLOW_SEEN);
        /* In the same run the clock does not count, it may have been set back. */
        g_assert_cmpint(logged(&follow, 5, 10), ==, FOLLOW_NEXT);
        advance(&follow, 5, 10);
        follow_advance_to(&follow, 9);
        g_assert_cmpint(signal_of(&follow, EVENT_TICK_5, 8, 7), ==, FOLLOW_SEEN);
        g_assert_cmpint(signal_of(&follow, EVENT_PROCESS_LOG_STDERR, 8, 0), ==, FOLLOW_SEEN);
        g_assert_cmpint(signal_of(&follow, EVENT_TICK_5, 9, 8), ==, FOLLOW_NEXT);
        follow_advance_to(&follow, 0);
        g_assert_cmpuint(follow_position(&follow), ==, 8);
        follow_clear(&follow);
}

static void test_same_run(void)
{
        Follow follow = { 0 };

        follow_begin(&follow, "r1", 5, 1000);
        follow_run(&follow, "r1", false);
        g_assert_cmpuint(follow_position(&follow), ==, 4);
        g_assert_cmpint(logged(&follow, 5, 900), ==, FOLLOW_NEXT);
        follow_clear(&follow);
}

static void test_run_that_begins_anew(void)
{
        Follow follow = { 0 };

        follow_begin(&follow, "r1", 5, 1000);
        advance(&follow, 5, 1100);
        follow_run(&follow, "r2", false);
        g_assert_cmpint(logged(&follow, 1, 1200), ==, FOLLOW_NEXT);
        advance(&follow, 1, 1200);
        g_assert_cmpint(logged(&follow, 2, 1200), ==, FOLLOW_NEXT);
        follow_clear(&follow);
}

/* From the beginning of a log that we do not know, though its serials are higher. */
static void test_run_of_another_log(void)
{
        Follow follow = { 0 };

        follow_begin(&follow, "r1", 5, 1000);
        advance(&follow, 5, 1100);
        follow_run(&follow, "r2", false);
        g_assert_cmpuint(follow_position(&follow), ==, 0);
        g_assert_cmpint(logged(&follow, 4, 999), ==, FOLLOW_SEEN);
        g_assert_cmpint(logged(&follow, 5, 1100), ==, FOLLOW_SEEN);
        g_assert_cmpint(logged(&follow, 6, 1300), ==, FOLLOW_NEXT);
        follow_clear(&follow);
}

static void test_run_that_goes_on(void)
{
        Follow follow = { 0 };

        follow_begin(&follow, "r1", 5, 1000);
        advance(&follow, 5, 1100);
        follow_run(&follow, "r2", true);
        g_assert_cmpstr(follow.run_id, ==, "r2");
        g_assert_cmpuint(follow_position(&follow), ==, 5);
        /* The clock may have been set back meanwhile. */
        g_assert_cmpint(logged(&follow, 6, 900), ==, FOLLOW_NEXT);
        follow_clear(&follow);
}

static bool knows(const Follow *follow, uint64_t oldest, uint64_t next, uint64_t serial,
                uint64_t realtime_usec)
{
        g_autoptr(Event) event = serial > 0 ? event_at(EVENT_TICK_5, serial, realtime_usec) : NULL;

        return follow_knows_log(follow, oldest, next, event);
}

static void test_known_log(void)
{
        g_autoptr(Event) shown = event_at(EVENT_TICK_5, 8, 1100);
        Follow follow = { 0 };

        follow_begin(&follow, "r1", 5, 1000);
        g_assert_true(knows(&follow, 1, 7, 0, 0));
        g_assert_true(knows(&follow, 1, 5, 0, 0));
        g_assert_false(knows(&follow, 1, 4, 0, 0));
        advance(&follow, 7, 1090);
        g_assert_true(knows(&follow, 1, 9, 0, 0));
        follow_show(&follow, shown);
        advance(&follow, 9, 1200);
        g_assert_true(knows(&follow, 1, 20, 8, 1100));
        g_assert_false(knows(&follow, 1, 20, 8, 1101));
        g_assert_false(knows(&follow, 1, 20, 9, 1100));
        g_assert_false(knows(&follow, 1, 4, 0, 0));
        g_assert_true(knows(&follow, 10, 20, 10, 1500));
        follow_clear(&follow);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/ctl/follow/signals", test_signals);
        g_test_add_func("/ctl/follow/two-chains", test_two_chains);
        g_test_add_func("/ctl/follow/tick-after-hole", test_tick_after_hole);
        g_test_add_func("/ctl/follow/one-chain", test_one_chain);
        g_test_add_func("/ctl/follow/log-closes-gap", test_log_closes_gap);
        g_test_add_func("/ctl/follow/same-run", test_same_run);
        g_test_add_func("/ctl/follow/run-that-begins-anew", test_run_that_begins_anew);
        g_test_add_func("/ctl/follow/run-of-another-log", test_run_of_another_log);
        g_test_add_func("/ctl/follow/run-that-goes-on", test_run_that_goes_on);
        g_test_add_func("/ctl/follow/known-log", test_known_log);
        return g_test_run();
}
