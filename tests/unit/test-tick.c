/* Slices of wall-clock time. */

#include "daemon/event/tick.h"

static void test_slices(void)
{
        g_assert_cmpuint(tick_slice(1000000007, 5), ==, 1000000005);
        g_assert_cmpuint(tick_slice(1000000005, 5), ==, 1000000005);
        g_assert_cmpuint(tick_slice(1000000004, 5), ==, 1000000000);
        g_assert_cmpuint(tick_slice(1000000007, 60), ==, 999999960);
        g_assert_cmpuint(tick_slice(1000000007, 3600), ==, 999997200);
}

static void test_life(void)
{
        g_autoptr(EventLog) log = event_log_new(10, 10000);
        g_autoptr(Ticker) ticker = NULL;
        sd_event *event = NULL;

        g_assert_cmpint(sd_event_new(&event), >=, 0);
        g_assert_cmpint(ticker_new(event, log, &ticker), >=, 0);
        /* The slice that it begins in is no event. */
        g_assert_cmpuint(event_log_next(log), ==, 1);
        ticker = ticker_free(ticker);
        sd_event_unref(event);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/tick/slices", test_slices);
        g_test_add_func("/tick/life", test_life);
        return g_test_run();
}
