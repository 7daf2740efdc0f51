/* Value: what each type accepts and refuses. */

#include "daemon/config/value.h"

#include <signal.h>
#include <stdlib.h>

#include "bus/names.h"

static void test_boolean(void)
{
        bool value = false;

        g_assert_true(value_boolean("Yes", &value, NULL) && value);
        g_assert_true(value_boolean("OFF", &value, NULL) && !value);
        g_assert_true(value_boolean("1", &value, NULL) && value);
        g_assert_false(value_boolean("", &value, NULL));
        g_assert_false(value_boolean("y", &value, NULL));
        g_assert_false(value_boolean("none", &value, NULL));
        g_assert_true(value);
}

static void test_integer(void)
{
        static const char *const bad[] = { "", "0x10", "1.5", "1e3", "1__0", "_1", "1_", "--1",
                "99999999999999999999", "9223372036854775808", "- 1" };
        int64_t value;

        g_assert_true(value_integer(" +1_000 ", &value, NULL));
        g_assert_cmpint(value, ==, 1000);
        g_assert_true(value_integer("-7", &value, NULL));
        g_assert_cmpint(value, ==, -7);
        g_assert_true(value_integer("\xd9\xa3", &value, NULL)); /* an Arabic-Indic three */
        g_assert_cmpint(value, ==, 3);
        g_assert_true(value_integer("-9223372036854775808", &value, NULL));
        g_assert_true(value == INT64_MIN);
        for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
                g_assert_false(value_integer(bad[i], &value, NULL));
        g_assert_true(value == INT64_MIN);
}

static void test_bytes(void)
{
        static const char *const bad[] = { "", "MB", "5K", "5M", "5B", "5TB", "1.5MB", "50MB ",
                "9999999999999GB" };
        int64_t value;

        g_assert_true(value_bytes("50MB", &value, NULL));
        g_assert_cmpint(value, ==, 50 << 20);
        g_assert_true(value_bytes("2 kb", &value, NULL));
        g_assert_cmpint(value, ==, 2048);
        g_assert_true(value_bytes("1Gb", &value, NULL));
        g_assert_cmpint(value, ==, 1 << 30);
        g_assert_true(value_bytes("17", &value, NULL));
        g_assert_cmpint(value, ==, 17);
        for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
                g_assert_false(value_bytes(bad[i], &value, NULL));
}

static void test_octal(void)
{
        int value;

        g_assert_true(value_octal("022", &value, NULL));
        g_assert_cmpint(value, ==, 022);
        g_assert_true(value_octal("0o700", &value, NULL));
        g_assert_cmpint(value, ==, 0700);
        g_assert_true(value_octal("-7", &value, NULL));
        g_assert_false(value_octal("8", &value, NULL));
        g_assert_false(value_octal("", &value, NULL));
        g_assert_false(value_octal("77777777777777", &value, NULL));
}

static void test_seconds(void)
{
        double value;

        g_assert_true(value_seconds("0.25", &value, NULL));
        g_assert_cmpfloat(value, ==, 0.25);
        g_assert_false(value_seconds("-1", &value, NULL));
        g_assert_false(value_seconds("nan", &value, NULL));
        g_assert_false(value_seconds("inf", &value, NULL));
        g_assert_false(value_seconds("1s", &value, NULL));
        g_assert_false(value_seconds("", &value, NULL));
}

static void test_signal(void)
{
        g_autofree char *name = value_signal_to_string(SIGUSR1);
        g_autofree char *nameless = value_signal_to_string(0);
        int value;

        g_assert_true(value_signal("term", &value, NULL));
        g_assert_cmpint(value, ==, SIGTERM);
        g_assert_true(value_signal("SIGusr2", &value, NULL));
        g_assert_cmpint(value, ==, SIGUSR2);
        g_assert_true(value_signal("9", &value, NULL));
        g_assert_cmpint(value, ==, SIGKILL);
        g_assert_true(value_signal("0", &value, NULL));
        g_assert_true(value_signal("RTMAX", &value, NULL));
        g_assert_cmpint(value, ==, 64);
        g_assert_false(value_signal("35", &value, NULL));
        g_assert_false(value_signal("RTMIN+1", &value, NULL));
        g_assert_false(value_signal("", &value, NULL));
        g_assert_false(value_signal("SIG", &value, NULL));
        g_assert_cmpstr(name, ==, "SIGUSR1");
        g_assert_cmpstr(nameless, ==, "signal 0");
}

static void test_exit_codes(void)
{
        g_autoptr(GArray) codes = NULL;
        g_autoptr(GArray) none = NULL;
        GArray *refused = NULL;

        g_assert_true(value_exit_codes("0, 2,255", &codes, NULL));
        g_assert_cmpuint(codes->len, ==, 3);
        g_assert_cmpint(g_array_index(codes, int, 2), ==, 255);
        g_assert_true(value_exit_codes("", &none, NULL));
        g_assert_cmpuint(none->len, ==, 0);
        g_assert_false(value_exit_codes("256", &refused, NULL));
        g_assert_false(value_exit_codes("0,", &refused, NULL));
        g_assert_null(refused);
}

static void test_duration(void)
{
        static const struct {
                const char *text;
                int64_t seconds; /* -1 = refused */
        } cases[] = {
                { "0", 0 },
                { "90", 90 },
                { " 90s ", 90 },
                { "15m", 900 },
                { "1h", 3600 },
                { "1D", 86400 },
                { "2w", 1209600 },
                { "366d", 366 * 86400 },
                { "367d", -1 },
                { "-1h", -1 },
                { "1.5h", -1 },
                { "h", -1 },
                { "", -1 },
                { "1 day", -1 },
                { "9223372036854775807w", -1 },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(GError) error = NULL;
                int64_t seconds = -1;

                g_assert_cmpint(value_duration(cases[i].text, &seconds, &error), ==,
                                cases[i].seconds >= 0);
                g_assert_cmpint(seconds, ==, cases[i].seconds);
        }
}

static void test_choice(void)
{
        static const char *const words[] = { "none", "gzip", NULL };
        g_autoptr(GError) error = NULL;
        int choice = -1;

        g_assert_true(value_choice(" GZip ", words, &choice, NULL));
        g_assert_cmpint(choice, ==, 1);
        g_assert_false(value_choice("zip", words, &choice, &error));
        g_assert_cmpint(choice, ==, 1);
        g_assert_cmpstr(error->message, ==, "'zip' is not one of none, gzip");
}

static void test_bus(void)
{
        static const char *const good[] = { "auto", "system", "user", "private", "unix:path=/x" };
        static const char *const bad[] = { "", "privat", "/run/x", "http://localhost:9001" };
        g_autoptr(GError) error = NULL;
        char *bus = NULL;

        for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
                g_assert_false(value_bus(bad[i], &bus, NULL));
        g_assert_null(bus);
        g_assert_false(value_bus("foo", &bus, &error));
        g_assert_cmpstr(error->message, ==,
                        "'foo' is no bus; write auto, system, user, private or a D-Bus address "
                        "such as unix:path=/run/bus");
        for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
                g_assert_true(value_bus(good[i], &bus, NULL));
                g_assert_cmpstr(bus, ==, good[i]);
                g_clear_pointer(&bus, g_free);
        }
}

static void test_state(void)
{
        static const char *const words[][2] = { { "auto", "auto" }, { "AUTO", "auto" },
                { "none", "none" }, { "Off", "none" }, { "/var/x/", "/var/x" },
                { "/a/../b/./c", "/b/c" }, { "~", "/home/x" }, { "~/log", "/home/x/log" } };
        g_autofree char *home = g_strdup(g_getenv("HOME"));
        g_autofree char *here = g_get_current_dir();
        g_autofree char *below = g_build_filename(here, "x/y", NULL);
        g_autofree char *relative = NULL;
        g_autoptr(GError) error = NULL;
        char *state = NULL;

        g_setenv("HOME", "/home/x", true);
        for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
                g_assert_true(value_state(words[i][0], &state, NULL));
                g_assert_cmpstr(state, ==, words[i][1]);
                g_clear_pointer(&state, g_free);
        }
        g_setenv("HOME", home ? home : "/", true);
        g_assert_true(value_state("x/y", &relative, NULL));
        g_assert_cmpstr(relative, ==, below);
        g_assert_false(value_state("", &state, NULL));
        g_assert_false(value_state("memory", &state, &error));
        g_assert_null(state);
        g_assert_cmpstr(error->message, ==,
                        "'memory' is neither auto, none nor the path of a folder");
}

static void test_flags(void)
{
        static const char *const words[] = { "timestamp", "name", NULL };
        g_autoptr(GError) error = NULL;
        unsigned set = 8;

        g_assert_false(value_flags("name,date", words, &set, &error));
        g_assert_cmpuint(set, ==, 8);
        g_assert_cmpstr(error->message, ==, "'date' is not one of timestamp, name");
        g_assert_true(value_flags("name, Timestamp", words, &set, NULL));
        g_assert_cmpuint(set, ==, 3);
        g_assert_true(value_flags("name", words, &set, NULL));
        g_assert_cmpuint(set, ==, 2);
        g_assert_true(value_flags("", words, &set, NULL));
        g_assert_cmpuint(set, ==, 0);
}

static void test_autorestart(void)
{
        Autorestart value;

        g_assert_true(value_autorestart("Unexpected", &value, NULL));
        g_assert_cmpint(value, ==, AUTORESTART_UNEXPECTED);
        g_assert_true(value_autorestart("on", &value, NULL));
        g_assert_cmpint(value, ==, AUTORESTART_TRUE);
        g_assert_true(value_autorestart("0", &value, NULL));
        g_assert_cmpint(value, ==, AUTORESTART_FALSE);
        g_assert_false(value_autorestart("always", &value, NULL));
}

static void test_users(void)
{
        uid_t uid = 77;
        gid_t gid = 77;

        g_assert_true(value_user("root", &uid, NULL));
        g_assert_cmpuint(uid, ==, 0);
        g_assert_true(value_owner("0:0", &uid, &gid, NULL));
        g_assert_cmpuint(gid, ==, 0);
        g_assert_true(value_owner("root", &uid, &gid, NULL));
        g_assert_true(gid == (gid_t)-1);
        g_assert_false(value_user("no-such-user", &uid, NULL));
        g_assert_false(value_user("4294967295", &uid, NULL));
        g_assert_false(value_user("", &uid, NULL));
        g_assert_false(value_owner("root:", &uid, &gid, NULL));
        g_assert_false(value_owner(":root", &uid, &gid, NULL));
}

static void check_address(const char *text, const char *host, int port)
{
        g_autofree char *ret_host = NULL;
        int ret_port;

        g_assert_true(value_address(text, &ret_host, &ret_port, NULL));
        g_assert_cmpstr(ret_host, ==, host);
        g_assert_cmpint(ret_port, ==, port);
}

static void test_address(void)
{
        static const char *const bad[] = { "", "x", "host:", "host:0", "65536", "host:http" };
        char *host = NULL;
        int port;

        check_address("9001", "", 9001);
        check_address("*:9001", "", 9001);
        check_address(":9001", "", 9001);
        check_address("LocalHost:80", "localhost", 80);
        check_address("[::1]:80", "[::1]", 80);
        for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
                g_assert_false(value_address(bad[i], &host, &port, NULL));
        g_assert_null(host);
}

static void test_name(void)
{
        g_autofree char *longest = g_strnfill(BUS_PATH_NAME_MAX, '-');
        g_autofree char *longer = g_strnfill(BUS_PATH_NAME_MAX + 1, '-');
        g_autofree char *name = NULL;
        g_autofree char *same = NULL;
        char *refused = NULL;

        g_assert_true(value_name(" a\t%b ", &name, NULL));
        g_assert_cmpstr(name, ==, "a\t%b");
        g_assert_false(value_name("a b", &refused, NULL));
        g_assert_false(value_name("a:b", &refused, NULL));
        g_assert_false(value_name("a/b", &refused, NULL));
        g_assert_true(value_name(longest, &same, NULL));
        g_assert_cmpstr(same, ==, longest);
        g_assert_false(value_name(longer, &refused, NULL));
}

static void check_logfile(const char *text, const char *expected)
{
        g_autofree char *file = NULL;

        g_assert_true(value_logfile(text, &file, NULL));
        g_assert_cmpstr(file, ==, expected);
}

static void test_logfile(void)
{
        char *refused = NULL;

        g_setenv("HOME", "/tmp", true);
        check_logfile("none", NULL);
        check_logfile("OFF", NULL);
        check_logfile("", NULL);
        check_logfile("auto", "AUTO");
        check_logfile("Syslog", "syslog");
        check_logfile("false", "false");
        check_logfile("/x.log", "/x.log");
        check_logfile("~/x.log", "/tmp/x.log");
        g_assert_false(value_logfile("/no/such/folder/x.log", &refused, NULL));
        g_assert_null(refused);
}

static void test_paths(void)
{
        g_autofree char *absolute = NULL;
        g_autofree char *folder = NULL;

        g_setenv("HOME", "/tmp", true);
        absolute = value_absolute_path("~/a/../b//c");
        g_assert_cmpstr(absolute, ==, "/tmp/b/c");
        g_assert_true(value_directory("~", &folder, NULL));
        g_assert_cmpstr(folder, ==, "/tmp");
        g_assert_false(value_directory("/no/such/folder", &folder, NULL));
}

int main(int argc, char *argv[])
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/value/boolean", test_boolean);
        g_test_add_func("/value/integer", test_integer);
        g_test_add_func("/value/bytes", test_bytes);
        g_test_add_func("/value/octal", test_octal);
        g_test_add_func("/value/seconds", test_seconds);
        g_test_add_func("/value/signal", test_signal);
        g_test_add_func("/value/exit-codes", test_exit_codes);
        g_test_add_func("/value/duration", test_duration);
        g_test_add_func("/value/choice", test_choice);
        g_test_add_func("/value/bus", test_bus);
        g_test_add_func("/value/state", test_state);
        g_test_add_func("/value/flags", test_flags);
        g_test_add_func("/value/autorestart", test_autorestart);
        g_test_add_func("/value/users", test_users);
        g_test_add_func("/value/address", test_address);
        g_test_add_func("/value/name", test_name);
        g_test_add_func("/value/logfile", test_logfile);
        g_test_add_func("/value/paths", test_paths);
        return g_test_run();
}
