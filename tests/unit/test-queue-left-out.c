/* What is left out: TICKs that newer ones have made stale, and the oldest events when they are to
 * be discarded. */

#include "tests/unit/queue-fixture.h"

#define SECOND UINT64_C(1000000)

/* Of each type the newest one stands for those that wait, and others are left alone. */
static void test_ticks_are_merged(void)
{
        g_autoptr(Queue) queue = queue_new(4, NULL, 0, 0);

        push_type(queue, EVENT_TICK_5, 1);
        push(queue, 2);
        push_type(queue, EVENT_TICK_60, 3);
        for (uint64_t serial = 4; serial <= 723; serial++)
                g_assert_true(push_type(queue, EVENT_TICK_5, serial));
        assert_progress(queue, 723, 1, 1, 720 - 1);
        queue_finish(queue, take(queue, 2));
        queue_finish(queue, take(queue, 3));
        g_assert_cmpuint(take(queue, 723)->n_merged, ==, 720);
        g_assert_null(queue_take(queue));
        push_type(queue, EVENT_TICK_5, 724);
        g_assert_cmpuint(take(queue, 724)->n_merged, ==, 0);
        assert_progress(queue, 724, 722, 722, 0);
}

/* It is handled, or was: a listener that began with it is not to miss its end. */
static void test_tick_in_hand_is_not_merged(void)
{
        g_autoptr(Queue) queue = queue_new(4, NULL, 0, 0);
        QueueItem *first;

        push_type(queue, EVENT_TICK_5, 1);
        first = take(queue, 1);
        push_type(queue, EVENT_TICK_5, 2);
        queue_refuse(queue, first, 0);
        push_type(queue, EVENT_TICK_5, 3);
        g_assert_cmpuint(take(queue, 1)->n_merged, ==, 0);
        g_assert_cmpuint(take(queue, 3)->n_merged, ==, 1);
}

/* The newest one may be known of before it comes, and needs no room among those it stands for. */
static void test_tick_is_noted(void)
{
        const Attempt before[] = { { 4, 2 } };
        g_autoptr(Queue) queue = queue_new(2, NULL, 0, 0);

        queue_note_attempts(queue, before, 1);
        push_type(queue, EVENT_TICK_5, 1);
        take(queue, 1);
        push(queue, 2);
        queue_note_tick(queue, EVENT_TICK_5, 6);
        g_assert_true(push_type(queue, EVENT_TICK_5, 3));
        g_assert_cmpuint(queue_room(queue), ==, 0);
        queue_finish(queue, take(queue, 2));
        g_assert_true(push_type(queue, EVENT_TICK_5, 4));
        take(queue, 4);
        g_assert_true(push_type(queue, EVENT_TICK_5, 5));
        g_assert_false(push_type(queue, EVENT_TICK_5, 6));
        queue_set_max(queue, 3);
        g_assert_true(push_type(queue, EVENT_TICK_5, 6));
        g_assert_cmpuint(take(queue, 6)->poolserial, ==, 5);
}

/* For ever in one hand: then not all that is done with is remembered. */
static void test_merged_are_bounded(void)
{
        g_autoptr(Queue) queue = queue_new(4, NULL, 0, 0);
        uint64_t serial = 1;

        push(queue, 1);
        take(queue, 1);
        while (serial < 2 * QUEUE_MAX_ANSWERED)
                push_type(queue, EVENT_TICK_5, ++serial);
        assert_progress(queue, serial, 0, 0, QUEUE_MAX_ANSWERED);
}

static void assert_discards(Queue *queue, const QueueItem *but_not, uint64_t serial)
{
        g_assert_cmpuint(queue_discard(queue, but_not), ==, serial);
}

static Queue *new_discarding(size_t max_events)
{
        Queue *queue = queue_new(max_events, NULL, 0, 0);

        queue_set_overflow(queue, POOL_OVERFLOW_DISCARD);
        return queue;
}

/* Those in hand do not count. */
static void test_discard(void)
{
        g_autoptr(Queue) queue = new_discarding(2);
        QueueItem *first;

        push(queue, 1);
        first = take(queue, 1);
        for (uint64_t serial = 2; serial <= 3; serial++)
                push(queue, serial);
        assert_discards(queue, NULL, 0);
        push(queue, 4);
        assert_discards(queue, NULL, 2);
        assert_discards(queue, NULL, 0);
        assert_progress(queue, 4, 0, 0, 1);
        queue_finish(queue, first);
        assert_progress(queue, 4, 2, 2, 0);
        g_assert_cmpuint(take(queue, 3)->poolserial, ==, 2);
        take(queue, 4);
}

/* What comes back pushes out the one that was next in line, and is itself the next to go. */
static void test_discard_for_refused(void)
{
        g_autoptr(Queue) queue = new_discarding(2);
        QueueItem *first;

        push(queue, 1);
        first = take(queue, 1);
        push(queue, 2);
        push(queue, 3);
        g_assert_true(queue_refuse(queue, first, 0));
        assert_discards(queue, first, 2);
        assert_discards(queue, first, 0);
        push(queue, 4);
        assert_discards(queue, NULL, 1);
        take(queue, 3);
        take(queue, 4);
}

/* Also while it waits for its delay to end. */
static void test_discard_delayed(void)
{
        g_autoptr(Queue) queue = new_discarding(1);

        push(queue, 1);
        queue_refuse(queue, take(queue, 1), 0);
        queue_refuse(queue, take(queue, 1), 0);
        g_assert_cmpuint(queue_next_due(queue), ==, SECOND);
        push(queue, 2);
        assert_discards(queue, NULL, 1);
        g_assert_cmpuint(queue_next_due(queue), ==, QUEUE_NEVER);
        take(queue, 2);
}

static void test_discard_merges_no_ticks(void)
{
        g_autoptr(Queue) queue = new_discarding(2);

        for (uint64_t serial = 1; serial <= 2; serial++)
                push_type(queue, EVENT_TICK_5, serial);
        take(queue, 1);
        take(queue, 2);
}

static void test_kept_are_not_discarded(void)
{
        g_autoptr(Queue) queue = queue_new(2, NULL, 0, 0);

        push(queue, 1);
        push(queue, 2);
        queue_set_max(queue, 1);
        assert_discards(queue, NULL, 0);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/queue-left-out/ticks-are-merged", test_ticks_are_merged);
        g_test_add_func("/queue-left-out/tick-in-hand-is-not-merged",
                        test_tick_in_hand_is_not_merged);
        g_test_add_func("/queue-left-out/tick-is-noted", test_tick_is_noted);
        g_test_add_func("/queue-left-out/merged-are-bounded", test_merged_are_bounded);
        g_test_add_func("/queue-left-out/discard", test_discard);
        g_test_add_func("/queue-left-out/discard-for-refused", test_discard_for_refused);
        g_test_add_func("/queue-left-out/discard-delayed", test_discard_delayed);
        g_test_add_func("/queue-left-out/discard-merges-no-ticks", test_discard_merges_no_ticks);
        g_test_add_func("/queue-left-out/kept-are-not-discarded", test_kept_are_not_discarded);
        return g_test_run();
}
