/* Cursors: they begin anywhere, and then only go forward. */

#include "daemon/event/cursor.h"

static void test_begin(void)
{
        g_autoptr(Cursors) cursors = cursors_new();

        g_assert_null(cursors_find(cursors, "p"));
        cursors_begin(cursors, "p", 7);
        g_assert_cmpuint(cursors_find(cursors, "p")->serial, ==, 7);
        g_assert_cmpuint(cursors_find(cursors, "p")->answered->len, ==, 0);
        g_assert_cmpuint(cursors_find(cursors, "p")->poolserial, ==, 0);
        cursors_begin(cursors, "p", 3);
        g_assert_cmpuint(cursors_find(cursors, "p")->serial, ==, 3);
}

static void test_commit(void)
{
        g_autoptr(Cursors) cursors = cursors_new();
        const uint64_t answered[] = { 20, 12, 9 };
        const Cursor *cursor;

        cursors_begin(cursors, "p", 7);
        g_assert_true(cursors_commit(cursors, "p", 10, answered, 3, 4));
        cursor = cursors_find(cursors, "p");
        g_assert_cmpuint(cursor->serial, ==, 10);
        g_assert_cmpuint(cursor->poolserial, ==, 4);
        /* In order, without what the cursor covers itself. */
        g_assert_cmpuint(cursor->answered->len, ==, 2);
        g_assert_cmpuint(g_array_index(cursor->answered, uint64_t, 0), ==, 12);
        g_assert_cmpuint(g_array_index(cursor->answered, uint64_t, 1), ==, 20);
}

static void test_refused(void)
{
        g_autoptr(Cursors) cursors = cursors_new();
        g_autofree uint64_t *many = g_new0(uint64_t, CURSOR_ANSWERED_MAX + 1);

        g_assert_false(cursors_commit(cursors, "p", 10, NULL, 0, 0));
        cursors_begin(cursors, "p", 7);
        g_assert_false(cursors_commit(cursors, "p", 6, NULL, 0, 0));
        g_assert_false(cursors_commit(cursors, "p", 8, many, CURSOR_ANSWERED_MAX + 1, 0));
        g_assert_cmpuint(cursors_find(cursors, "p")->serial, ==, 7);
        g_assert_true(cursors_commit(cursors, "p", 7, NULL, 0, 0));
}

static void test_is_behind(void)
{
        g_autoptr(Cursors) cursors = cursors_new();
        g_autoptr(EventLog) log = event_log_new(100, 100000);
        const EventTypeSet ticks = event_type_covers(EVENT_TICK);
        const uint64_t answered[] = { 3 };

        g_assert_false(cursors_is_behind(cursors, "p", log, &(EventFilter){ .types = ticks }));
        cursors_begin(cursors, "p", 0);
        g_assert_false(cursors_is_behind(cursors, "p", log, &(EventFilter){ .types = ticks }));
        event_log_append(log, event_new_tick(5, 1));
        event_log_append(log, event_new_group(EVENT_PROCESS_GROUP_ADDED, "g"));
        event_log_append(log, event_new_tick(5, 2));
        g_assert_true(cursors_is_behind(cursors, "p", log, &(EventFilter){ .types = ticks }));
        g_assert_false(cursors_is_behind(cursors, "p", log,
                        &(EventFilter){ .types = event_type_bit(EVENT_TICK_60) }));
        /* Event 2 is of another type, and 3 was answered out of order. */
        g_assert_true(cursors_commit(cursors, "p", 1, answered, 1, 0));
        g_assert_false(cursors_is_behind(cursors, "p", log, &(EventFilter){ .types = ticks }));
        event_log_append(log, event_new_tick(5, 3));
        g_assert_true(cursors_is_behind(cursors, "p", log, &(EventFilter){ .types = ticks }));
}

/* Another pool of the same name can be told from the one that ended. */
static void test_end(void)
{
        g_autoptr(Cursors) cursors = cursors_new();

        cursors_begin(cursors, "p", 5);
        g_assert_true(cursors_commit(cursors, "p", 7, NULL, 0, 2));
        g_assert_cmpuint(cursors_find(cursors, "p")->begun, ==, 5);
        cursors_end(cursors, "p");
        cursors_end(cursors, "none");
        g_assert_null(cursors_find(cursors, "p"));
        g_assert_false(cursors_commit(cursors, "p", 8, NULL, 0, 2));
        cursors_begin(cursors, "p", 9);
        g_assert_cmpuint(cursors_find(cursors, "p")->begun, ==, 9);
        g_assert_cmpuint(cursors_find(cursors, "p")->poolserial, ==, 0);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/cursor/begin", test_begin);
        g_test_add_func("/cursor/commit", test_commit);
        g_test_add_func("/cursor/refused", test_refused);
        g_test_add_func("/cursor/is-behind", test_is_behind);
        g_test_add_func("/cursor/end", test_end);
        return g_test_run();
}
