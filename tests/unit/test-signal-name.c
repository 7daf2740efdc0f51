/* Signals by name and number. */

#include "daemon/process/signal-name.h"

#include <signal.h>

#include <glib.h>

static void test_from_string(void)
{
        g_assert_cmpint(signal_name_from_string("TERM"), ==, SIGTERM);
        g_assert_cmpint(signal_name_from_string("SIGTERM"), ==, SIGTERM);
        g_assert_cmpint(signal_name_from_string("sighup"), ==, SIGHUP);
        g_assert_cmpint(signal_name_from_string("15"), ==, 15);
        g_assert_cmpint(signal_name_from_string("CLD"), ==, SIGCHLD);
        g_assert_cmpint(signal_name_from_string("IOT"), ==, SIGABRT);
        g_assert_cmpint(signal_name_from_string("RTMIN"), ==, SIGRTMIN);
        g_assert_cmpint(signal_name_from_string("SIGRTMAX"), ==, SIGRTMAX);
        g_assert_cmpint(signal_name_from_string("NOSUCH"), ==, -1);
        g_assert_cmpint(signal_name_from_string(""), ==, -1);
        g_assert_cmpint(signal_name_from_string("SIG"), ==, -1);
        g_assert_cmpint(signal_name_from_string("0"), ==, 0);
        g_assert_cmpint(signal_name_from_string("-1"), ==, -1);
        g_assert_cmpint(signal_name_from_string("99"), ==, -1);
        g_assert_cmpint(signal_name_from_string("15x"), ==, -1);
}

static void test_to_string(void)
{
        static const struct {
                int number;
                const char *name;
        } rows[] = { { SIGTERM, "SIGTERM" }, { SIGKILL, "SIGKILL" }, { SIGPOLL, "SIGPOLL" },
                { SIGCHLD, "SIGCHLD" }, { SIGABRT, "SIGABRT" }, { 40, "signal 40" } };

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
                g_autofree char *name = signal_name_to_string(rows[i].number);

                g_assert_cmpstr(name, ==, rows[i].name);
        }
}

static void test_round_trip(void)
{
        for (int number = 1; number < 32; number++) {
                g_autofree char *name = signal_name_to_string(number);

                g_assert_cmpint(signal_name_from_string(name), ==, number);
        }
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/signal-name/from-string", test_from_string);
        g_test_add_func("/signal-name/to-string", test_to_string);
        g_test_add_func("/signal-name/round-trip", test_round_trip);
        return g_test_run();
}
