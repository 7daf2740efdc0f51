/* The texts of Supervisor's status list, for every state. Times are local ones, so the zone is set.
 */

#include "bus/description.h"

#include <stdlib.h>
#include <time.h>

#include <glib.h>

#define SECOND UINT64_C(1000000)

static const uint64_t start = UINT64_C(1700000000) * SECOND; /* 2023-11-14 22:13:20 UTC */

static void assert_running(uint64_t seconds, const char *text)
{
        g_autofree char *expected = g_strdup_printf("pid 42, uptime %s", text);
        g_autofree char *description = process_description("web", PROCESS_RUNNING, 42, start, 0,
                        start + seconds * SECOND + SECOND / 2, "");

        g_assert_cmpstr(description, ==, expected);
}

static void test_uptime(void)
{
        assert_running(0, "0:00:00");
        assert_running(5, "0:00:05");
        assert_running(3599, "0:59:59");
        assert_running(36000, "10:00:00");
        assert_running(86400, "1 day, 0:00:00");
        assert_running(2 * 86400 + 3661, "2 days, 1:01:01");
}

/* The clock was set back: no huge number. */
static void test_uptime_never_negative(void)
{
        g_autofree char *description = process_description(
                        "web", PROCESS_RUNNING, 42, start, 0, start - SECOND, NULL);

        g_assert_cmpstr(description, ==, "pid 42, uptime 0:00:00");
}

static void assert_stopped(ProcessState state, uint64_t stop_usec, const char *text)
{
        g_autofree char *description = process_description(
                        "web", state, 0, start, stop_usec, stop_usec + SECOND, "");

        g_assert_cmpstr(description, ==, text);
}

static void test_stop_times(void)
{
        assert_stopped(PROCESS_EXITED, start, "Nov 14 10:13 PM");
        assert_stopped(PROCESS_STOPPED, start + 7200 * SECOND, "Nov 15 12:13 AM");
        assert_stopped(PROCESS_STOPPED, start + 14 * 3600 * SECOND, "Nov 15 12:13 PM");
}

static void test_never_started(void)
{
        g_autofree char *description =
                        process_description("web", PROCESS_STOPPED, 0, 0, 0, start, NULL);

        g_assert_cmpstr(description, ==, "Not started");
}

static void test_spawn_errors(void)
{
        static const ProcessState states[] = { PROCESS_FATAL, PROCESS_BACKOFF };

        for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
                g_autofree char *known = process_description(
                                "web", states[i], 0, start, start, start, "can't find command 'x'");
                g_autofree char *unknown =
                                process_description("web", states[i], 0, start, start, start, NULL);

                g_assert_cmpstr(known, ==, "can't find command 'x'");
                g_assert_cmpstr(unknown, ==, "unknown error (try \"tail web\")");
        }
}

static void test_states_without_text(void)
{
        static const ProcessState states[] = { PROCESS_STARTING, PROCESS_STOPPING,
                PROCESS_UNKNOWN };

        for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
                g_autofree char *description = process_description(
                                "web", states[i], 42, start, start, start, "error");

                g_assert_cmpstr(description, ==, "");
        }
}

int main(int argc, char *argv[])
{
        g_setenv("TZ", "UTC", true);
        tzset();
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/description/uptime", test_uptime);
        g_test_add_func("/description/uptime-never-negative", test_uptime_never_negative);
        g_test_add_func("/description/stop-times", test_stop_times);
        g_test_add_func("/description/never-started", test_never_started);
        g_test_add_func("/description/spawn-errors", test_spawn_errors);
        g_test_add_func("/description/states-without-text", test_states_without_text);
        return g_test_run();
}
