/* Moments in all forms, seen from a fixed present in Central Europe, and words that are none. */

#include <string.h>

#include "tools/ctl/event-time.h"
#include "tools/ctl/failure.h"

/* Thu 2026-11-26 14:03:07.5 CET */
#define NOW UINT64_C(1795698187500000)
#define SEC UINT64_C(1000000)

static void assert_time(const char *text, const char *utc)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GDateTime) time = NULL;
        g_autofree char *shown = NULL;
        g_autofree char *whole = NULL;
        uint64_t usec = 0;

        event_time_parse(text, NOW, &usec, &error);
        g_assert_no_error(error);
        time = g_date_time_new_from_unix_utc(usec / SEC);
        shown = g_date_time_format(time, "%Y-%m-%d %H:%M:%S");
        whole = g_strdup_printf("%s.%06u", shown, (unsigned)(usec % SEC));
        if (strcmp(whole, utc) != 0)
                g_error("%s is %s, expected %s", text, whole, utc);
}

static void test_dates(void)
{
        assert_time("2026-11-26", "2026-11-25 23:00:00.000000");
        assert_time("2026-11-26 14:03", "2026-11-26 13:03:00.000000");
        assert_time("2026-11-26 14:03:07", "2026-11-26 13:03:07.000000");
        assert_time("  2026-11-26   9:03:07  ", "2026-11-26 08:03:07.000000");
        assert_time("2026-07-01 12:00", "2026-07-01 10:00:00.000000");
        assert_time("2024-02-29", "2024-02-28 23:00:00.000000");
        assert_time("1969-12-31", "1970-01-01 00:00:00.000000");
}

/* As busvisorctl and as the log of busvisord prints them. */
static void test_fractions(void)
{
        assert_time("2026-11-26 14:03:07.123", "2026-11-26 13:03:07.123000");
        assert_time("2026-11-26 14:03:07,123", "2026-11-26 13:03:07.123000");
        assert_time("14:03:07.1234567", "2026-11-26 13:03:07.123456");
}

static void test_zones(void)
{
        assert_time("2026-11-26T14:03:07Z", "2026-11-26 14:03:07.000000");
        assert_time("2026-11-26T14:03:07.25+02:00", "2026-11-26 12:03:07.250000");
        assert_time("2026-11-26T14:03-0530", "2026-11-26 19:33:00.000000");
        assert_time("2026-11-26 14:03:07 UTC", "2026-11-26 14:03:07.000000");
        assert_time("2026-11-26T14:03:07", "2026-11-26 13:03:07.000000");
}

static void test_times_of_today(void)
{
        assert_time("14:03", "2026-11-26 13:03:00.000000");
        assert_time("00:00", "2026-11-25 23:00:00.000000");
        assert_time("23:59:59", "2026-11-26 22:59:59.000000");
}

static void test_words(void)
{
        assert_time("now", "2026-11-26 13:03:07.500000");
        assert_time("today", "2026-11-25 23:00:00.000000");
        assert_time("Yesterday", "2026-11-24 23:00:00.000000");
        assert_time("tomorrow", "2026-11-26 23:00:00.000000");
        assert_time("yesterday 14:03", "2026-11-25 13:03:00.000000");
}

static void test_spans(void)
{
        assert_time("-5min", "2026-11-26 12:58:07.500000");
        assert_time("-5 min", "2026-11-26 12:58:07.500000");
        assert_time("5 minutes ago", "2026-11-26 12:58:07.500000");
        assert_time("1 hour ago", "2026-11-26 12:03:07.500000");
        assert_time("-1h30min", "2026-11-26 11:33:07.500000");
        assert_time("1h 30m ago", "2026-11-26 11:33:07.500000");
        assert_time("-2d", "2026-11-24 13:03:07.500000");
        assert_time("1 week ago", "2026-11-19 13:03:07.500000");
        assert_time("+500ms", "2026-11-26 13:03:08.000000");
        assert_time("-1000 years", "1970-01-01 00:00:00.000000");
}

static void test_epoch(void)
{
        assert_time("@0", "1970-01-01 00:00:00.000000");
        assert_time("@1700000000", "2023-11-14 22:13:20.000000");
        assert_time("@1700000000.5", "2023-11-14 22:13:20.500000");
}

static void test_none(void)
{
        static const char *const texts[] = {
                "",
                " ",
                "xyz",
                "5 minutes",
                "5min ag",
                "-5",
                "-min",
                "5 parsecs ago",
                "-99999999999999999999s",
                "-999999999999999999y",
                "@",
                "@x",
                "@99999999999999999",
                "@1700000000.",
                "25:00",
                "14:60",
                "14:03:60",
                "14:3",
                "2026-13-01",
                "2026-02-30",
                "26-11-26",
                "2026-11-26 14",
                "2026-11-26 14:03:07 +25:00",
                "2026-11-26 14:03:07 XYZ",
                "today today",
                "nowhere",
        };

        for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
                g_autoptr(GError) error = NULL;
                uint64_t usec = 42;

                if (event_time_parse(texts[i], NOW, &usec, &error))
                        g_error("%s is a time", texts[i]);
                g_assert_error(error, FAILURE, FAILURE_USAGE);
                g_assert_cmpuint(usec, ==, 42);
        }
}

static void test_long(void)
{
        g_autofree char *blanks = g_strnfill(1000, ' ');
        g_autofree char *text = g_strconcat("14:03", blanks, NULL);
        g_autoptr(GError) error = NULL;
        uint64_t usec;

        g_assert_false(event_time_parse(text, NOW, &usec, &error));
        g_assert_cmpuint(strlen(error->message), <, 300);
}

int main(int argc, char **argv)
{
        g_setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", true);
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/ctl/event-time/dates", test_dates);
        g_test_add_func("/ctl/event-time/fractions", test_fractions);
        g_test_add_func("/ctl/event-time/zones", test_zones);
        g_test_add_func("/ctl/event-time/times-of-today", test_times_of_today);
        g_test_add_func("/ctl/event-time/words", test_words);
        g_test_add_func("/ctl/event-time/spans", test_spans);
        g_test_add_func("/ctl/event-time/epoch", test_epoch);
        g_test_add_func("/ctl/event-time/none", test_none);
        g_test_add_func("/ctl/event-time/long", test_long);
        return g_test_run();
}
