/* What happens while it is followed, what was there before, and what is answered out of order. */

#include "daemon/event/lag.h"

#define ANY    ((EventFilter){ .types = event_type_covers(EVENT_ANY) })
#define TICK_5 ((EventFilter){ .types = event_type_bit(EVENT_TICK_5) })

static const Event *append(EventLog *log, unsigned period)
{
        event_log_append(log, event_new_tick(period, 1));
        return event_log_find_after(log, event_log_next(log) - 2, &ANY);
}

static bool follow(Lag *lag, EventLog *log, unsigned period)
{
        return lag_event(lag, append(log, period));
}

/* With one event answered out of order; 0 = none. */
static void assert_lag(const Lag *lag, uint64_t answered, uint64_t count, uint64_t first)
{
        g_autoptr(GArray) list = g_array_new(false, false, sizeof answered);
        const Cursor cursor = { .answered = list };

        if (answered > 0)
                g_array_append_val(list, answered);
        g_assert_cmpuint(lag_count(lag, &cursor), ==, count);
        g_assert_cmpuint(lag_count_all(lag), >=, count);
        g_assert_cmpuint(lag_first(lag, &cursor), ==, first);
}

static void test_follow(void)
{
        g_autoptr(EventLog) log = event_log_new(100, 100000);
        g_autoptr(Lag) lag = lag_new(log, 0, &TICK_5);

        g_assert_true(lag_is_complete(lag));
        assert_lag(lag, 0, 0, 0);
        g_assert_true(follow(lag, log, 5));
        g_assert_false(follow(lag, log, 60));
        g_assert_true(follow(lag, log, 5));
        assert_lag(lag, 0, 2, 1);
        assert_lag(lag, 1, 1, 3);
        g_assert_cmpuint(lag_count_all(lag), ==, 2);
        assert_lag(lag, 2, 2, 1);
        lag_move(lag, 2);
        assert_lag(lag, 0, 1, 3);
        assert_lag(lag, 3, 0, 0);
        lag_move(lag, 3);
        assert_lag(lag, 0, 0, 0);
}

/* Many are read in more than one portion, while the log and the cursor go on. */
static void test_before(void)
{
        g_autoptr(EventLog) log = event_log_new(20000, 100000000);
        g_autoptr(Lag) lag = NULL;
        unsigned portions = 0;

        for (int i = 0; i < 10000; i++)
                append(log, i % 2 ? 5 : 60);
        lag = lag_new(log, 100, &TICK_5);
        g_assert_false(lag_is_complete(lag));
        assert_lag(lag, 0, 0, 0);
        for (; !lag_is_complete(lag); portions++) {
                lag_read_on(lag);
                g_assert_true(follow(lag, log, 5));
                lag_move(lag, 201);
        }
        g_assert_cmpuint(portions, >, 1);
        assert_lag(lag, 0, 9800 / 2 + portions, 202);
        assert_lag(lag, 10000, 9800 / 2 + portions - 1, 202);
        lag_move(lag, 10000);
        assert_lag(lag, 0, portions, 10001);
}

/* What has left the log is no lag. */
static void test_lost(void)
{
        g_autoptr(EventLog) log = event_log_new(10, 100000);
        g_autoptr(Lag) lag = lag_new(log, 0, &ANY);

        for (int i = 0; i < 25; i++)
                follow(lag, log, 5);
        assert_lag(lag, 0, 10, 16);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/lag/follow", test_follow);
        g_test_add_func("/lag/before", test_before);
        g_test_add_func("/lag/lost", test_lost);
        return g_test_run();
}
