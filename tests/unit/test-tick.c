/* Slices of wall-clock time. What happens at which time stands in a file that tests/compat goes
 * through with Supervisor's own code. */

#include "daemon/event/tick.h"

#include <stdlib.h>
#include <string.h>

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

/* In the form of the file; moves *after on. */
static char *ticks_after(const EventLog *log, uint64_t *after)
{
        GString *text = g_string_new(NULL);
        const Event *event;

        while ((event = event_log_find_after(log, *after,
                                &(EventFilter){ .types = event_type_covers(EVENT_ANY) }))) {
                g_string_append_printf(text, " %s when:%" G_GUINT64_FORMAT,
                                event_type_to_string(event->type), event->tick_when);
                *after = event->serial;
        }
        return g_string_free(text, false);
}

static void check_line(Ticker *ticker, const EventLog *log, const char *line, bool is_first)
{
        uint64_t after = event_log_next(log) - 1;
        g_autofree char *ticks = NULL;
        char *colon;

        ticker_note(ticker, strtoull(line, &colon, 10));
        g_assert_cmpint(*colon, ==, ':');
        ticks = ticks_after(log, &after);
        /* The first only takes it away from the present time. */
        if (!is_first)
                g_assert_cmpstr(ticks, ==, colon + 1);
}

static void test_times(void)
{
        const char *source = g_getenv("BUSVISOR_SOURCE");
        g_autofree char *file = g_build_filename(source ? source : ".", "tests/compat/ticks", NULL);
        g_autoptr(EventLog) log = event_log_new(100, 100000);
        g_autoptr(Ticker) ticker = NULL;
        g_autofree char *text = NULL;
        g_auto(GStrv) lines = NULL;
        sd_event *event = NULL;

        g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
        lines = g_strsplit(text, "\n", -1);
        g_assert_cmpint(sd_event_new(&event), >=, 0);
        g_assert_cmpint(ticker_new(event, log, &ticker), >=, 0);
        for (int i = 0; *lines[i]; i++)
                check_line(ticker, log, lines[i], i == 0);
        ticker = ticker_free(ticker);
        sd_event_unref(event);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/tick/slices", test_slices);
        g_test_add_func("/tick/life", test_life);
        g_test_add_func("/tick/times", test_times);
        return g_test_run();
}
