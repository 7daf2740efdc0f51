/* Spans of time, in and out. */

#include <glib.h>

#include "tools/ctl/failure.h"
#include "tools/ctl/time-span.h"

#define SECOND UINT64_C(1000000)

static void test_parse(void)
{
        static const struct {
                const char *text;
                uint64_t usec;
        } cases[] = {
                { "5", 5 * SECOND },
                { "0.5", SECOND / 2 },
                { "1.5s", 3 * SECOND / 2 },
                { "5min", 300 * SECOND },
                { "1h 30min", 5400 * SECOND },
                { "1h30min", 5400 * SECOND },
                { " 2 days ", 172800 * SECOND },
                { "500ms", SECOND / 2 },
                { "1.5min", 90 * SECOND },
                { "infinity", TIME_SPAN_INFINITE },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(GError) error = NULL;
                uint64_t usec;

                g_assert_true(time_span_parse(cases[i].text, &usec, &error));
                g_assert_no_error(error);
                g_assert_cmpuint(usec, ==, cases[i].usec);
        }
}

static void test_refused(void)
{
        static const char *const texts[] = { "", " ", "x", "-5", "5 parsecs", "0", "0s", "5min x",
                "1h 5", "99999999999999999999", "999999999999999999y", "1..5", "." };

        for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
                g_autoptr(GError) error = NULL;
                uint64_t usec;

                g_assert_false(time_span_parse(texts[i], &usec, &error));
                g_assert_error(error, FAILURE, FAILURE_USAGE);
        }
}

static void test_to_string(void)
{
        static const struct {
                uint64_t usec;
                const char *text;
        } cases[] = {
                { 5 * SECOND, "5s" },
                { 3 * SECOND / 2, "1.5s" },
                { 1, "1us" },
                { 50000, "50ms" },
                { 1001, "1.001ms" },
                { 1000001, "1.000001s" },
                { 60 * SECOND, "1min" },
                { 150 * SECOND, "2min 30s" },
                { 60 * SECOND + SECOND / 2, "1min 500ms" },
                { 3600 * SECOND, "1h" },
                { 90000 * SECOND, "1d 1h" },
                { 604800 * SECOND, "1w" },
                { 2629800 * SECOND, "1month" },
                { 31557600 * SECOND + 1, "1y 1us" },
                { TIME_SPAN_INFINITE, "infinity" },
                { 0, "0" },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *text = time_span_to_string(cases[i].usec);
                uint64_t again;

                g_assert_cmpstr(text, ==, cases[i].text);
                if (cases[i].usec > 0) {
                        g_assert_true(time_span_parse(text, &again, NULL));
                        g_assert_cmpuint(again, ==, cases[i].usec);
                }
        }
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/ctl/time-span/parse", test_parse);
        g_test_add_func("/ctl/time-span/refused", test_refused);
        g_test_add_func("/ctl/time-span/to-string", test_to_string);
        return g_test_run();
}
