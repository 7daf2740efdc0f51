/* Cursors: they begin anywhere, and then only go forward. */

#include "daemon/event/cursor.h"

static bool commit(Cursors *cursors, uint64_t serial, uint64_t poolserial)
{
        const CursorCommit commit = { .serial = serial, .poolserial = poolserial };

        return cursors_commit(cursors, "p", &commit);
}

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
        const CursorAttempts attempts[] = { { 10, 1 }, { 11, 7 } };
        const CursorCommit commit = { 10, answered, 3, 4, attempts, 2 };
        const Cursor *cursor;

        cursors_begin(cursors, "p", 7);
        g_assert_true(cursors_commit(cursors, "p", &commit));
        cursor = cursors_find(cursors, "p");
        g_assert_cmpuint(cursor->serial, ==, 10);
        g_assert_cmpuint(cursor->poolserial, ==, 4);
        /* In order, without what the cursor covers itself. */
        g_assert_cmpuint(cursor->answered->len, ==, 2);
        g_assert_cmpuint(g_array_index(cursor->answered, uint64_t, 0), ==, 12);
        g_assert_cmpuint(g_array_index(cursor->answered, uint64_t, 1), ==, 20);
        g_assert_cmpuint(cursor->attempts->len, ==, 1);
        g_assert_cmpuint(g_array_index(cursor->attempts, CursorAttempts, 0).serial, ==, 11);
        g_assert_cmpuint(g_array_index(cursor->attempts, CursorAttempts, 0).n_failed, ==, 7);
}

static void test_refused(void)
{
        g_autoptr(Cursors) cursors = cursors_new();
        g_autofree uint64_t *answered = g_new0(uint64_t, CURSOR_ANSWERED_MAX + 1);
        g_autofree CursorAttempts *attempts = g_new0(CursorAttempts, CURSOR_ATTEMPTS_MAX + 1);
        const CursorCommit many[] = {
                { .serial = 8, .answered = answered, .n_answered = CURSOR_ANSWERED_MAX + 1 },
                { .serial = 8, .attempts = attempts, .n_attempts = CURSOR_ATTEMPTS_MAX + 1 },
        };

        g_assert_false(commit(cursors, 10, 0));
        cursors_begin(cursors, "p", 7);
        g_assert_false(commit(cursors, 6, 0));
        for (size_t i = 0; i < G_N_ELEMENTS(many); i++)
                g_assert_false(cursors_commit(cursors, "p", &many[i]));
        g_assert_cmpuint(cursors_find(cursors, "p")->serial, ==, 7);
        g_assert_true(commit(cursors, 7, 0));
}

static void test_is_done(void)
{
        g_autoptr(Cursors) cursors = cursors_new();
        const uint64_t answered[] = { 12 };
        const CursorCommit commit = { .serial = 10, .answered = answered, .n_answered = 1 };

        g_assert_false(cursors_is_done(cursors, "p", 1));
        cursors_begin(cursors, "p", 7);
        g_assert_true(cursors_commit(cursors, "p", &commit));
        g_assert_true(cursors_is_done(cursors, "p", 10));
        g_assert_false(cursors_is_done(cursors, "p", 11));
        g_assert_true(cursors_is_done(cursors, "p", 12));
}

/* Told before the commit that says it too, and not forgotten by one that was made earlier. */
static void test_given_up(void)
{
        g_autoptr(Cursors) cursors = cursors_new();
        const uint64_t answered[] = { 14, 12 };
        const CursorCommit early = { .serial = 10, .answered = answered, .n_answered = 1 };
        const CursorCommit late = { .serial = 10, .answered = answered, .n_answered = 2 };
        const Cursor *cursor;

        cursors_note_given_up(cursors, "p", 12);
        cursors_begin(cursors, "p", 7);
        cursor = cursors_find(cursors, "p");
        cursors_note_given_up(cursors, "p", 7);
        g_assert_cmpuint(cursor->answered->len, ==, 0);
        cursors_note_given_up(cursors, "p", 12);
        cursors_note_given_up(cursors, "p", 12);
        cursors_note_given_up(cursors, "p", 9);
        g_assert_true(cursors_commit(cursors, "p", &early));
        g_assert_cmpuint(cursor->answered->len, ==, 2);
        g_assert_cmpuint(g_array_index(cursor->answered, uint64_t, 0), ==, 12);
        g_assert_true(cursors_is_done(cursors, "p", 12));
        g_assert_cmpuint(cursor->given_up->len, ==, 1);
        g_assert_true(cursors_commit(cursors, "p", &late));
        g_assert_cmpuint(cursor->answered->len, ==, 2);
        g_assert_cmpuint(cursor->given_up->len, ==, 0);
}

/* What is skipped and was not answered is what gets lost. */
static void test_skip(void)
{
        g_autoptr(Cursor) cursor = cursor_new(5);
        const uint64_t answered[] = { 7, 9, 14 };
        const CursorAttempts attempts[] = { { 8, 1 }, { 12, 2 } };
        const CursorCommit commit = { 6, answered, 3, 30, attempts, 2 };

        g_assert_true(cursor_commit(cursor, &commit));
        g_assert_cmpuint(cursor_skip(cursor, 10), ==, 2);
        g_assert_cmpuint(cursor->serial, ==, 10);
        g_assert_cmpuint(cursor->poolserial, ==, 32);
        g_assert_cmpuint(cursor->answered->len, ==, 1);
        g_assert_cmpuint(cursor->attempts->len, ==, 1);
        g_assert_cmpuint(cursor_skip(cursor, 9), ==, 0);
        g_assert_cmpuint(cursor->serial, ==, 10);
}

static void test_resume(void)
{
        g_autoptr(Cursors) cursors = cursors_new();
        g_autoptr(Cursor) left = NULL;
        const uint64_t answered[] = { 12 };
        const CursorCommit first = {
                .serial = 10, .answered = answered, .n_answered = 1, .poolserial = 4
        };

        cursors_begin(cursors, "p", 7);
        g_assert_true(cursors_commit(cursors, "p", &first));
        left = cursor_copy(cursors_find(cursors, "p"));
        cursors_end(cursors, "p");
        cursors_resume(cursors, "p", 30, left);
        g_assert_cmpuint(cursors_find(cursors, "p")->begun, ==, 30);
        g_assert_cmpuint(cursors_find(cursors, "p")->serial, ==, 10);
        g_assert_cmpuint(cursors_find(cursors, "p")->poolserial, ==, 4);
        g_assert_true(cursors_is_done(cursors, "p", 12));
        g_assert_true(commit(cursors, 11, 5));
        g_assert_cmpuint(left->serial, ==, 10);
}

static void test_is_behind(void)
{
        g_autoptr(Cursors) cursors = cursors_new();
        g_autoptr(EventLog) log = event_log_new(100, 100000);
        const EventTypeSet ticks = event_type_covers(EVENT_TICK);
        const uint64_t answered[] = { 3 };
        const CursorCommit commit = { .serial = 1, .answered = answered, .n_answered = 1 };

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
        g_assert_true(cursors_commit(cursors, "p", &commit));
        g_assert_false(cursors_is_behind(cursors, "p", log, &(EventFilter){ .types = ticks }));
        event_log_append(log, event_new_tick(5, 3));
        g_assert_true(cursors_is_behind(cursors, "p", log, &(EventFilter){ .types = ticks }));
}

/* Another pool of the same name can be told from the one that ended. */
static void test_end(void)
{
        g_autoptr(Cursors) cursors = cursors_new();

        cursors_begin(cursors, "p", 5);
        g_assert_true(commit(cursors, 7, 2));
        g_assert_cmpuint(cursors_find(cursors, "p")->begun, ==, 5);
        cursors_end(cursors, "p");
        cursors_end(cursors, "none");
        g_assert_null(cursors_find(cursors, "p"));
        g_assert_false(commit(cursors, 8, 2));
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
        g_test_add_func("/cursor/is-done", test_is_done);
        g_test_add_func("/cursor/given-up", test_given_up);
        g_test_add_func("/cursor/skip", test_skip);
        g_test_add_func("/cursor/resume", test_resume);
        g_test_add_func("/cursor/is-behind", test_is_behind);
        g_test_add_func("/cursor/end", test_end);
        return g_test_run();
}
