/* Convert: how values of INI are written in YAML, and what is left out. */

#include "daemon/config/convert.h"

#include <string.h>

#include "tests/unit/config-fixture.h"

static char *convert(Folder *folder, const char *text, Config *config)
{
        g_autofree char *path = write_file(folder, "x.conf", text);
        g_autoptr(GError) error = NULL;
        char *converted = NULL;

        config_convert(path, config, &converted, &error);
        g_assert_no_error(error);
        return converted;
}

/* What becomes of the options of one program. */
static void check_program(Folder *folder, const char *options, const char *expected)
{
        g_autofree char *text = g_strconcat("[program:p]\n", options, NULL);
        g_autofree char *whole = g_strconcat("programs:\n  p:\n", expected, NULL);
        g_autoptr(Config) config = config_new();
        g_autofree char *converted = convert(folder, text, config);

        g_assert_cmpstr(converted, ==, whole);
}

static void test_values(Folder *folder, const void *data)
{
        check_program(folder, "command=a b\n", "    command: a b\n");
        check_program(folder, "command=\n", "    command: \"\"\n");
        check_program(folder, "command=%(x)s\n", "    command: '%(x)s'\n");
        check_program(folder, "command=a\n b: c\n", "    command: \"a\\nb: c\"\n");
        check_program(folder, "directory=yes\n", "    directory: \"yes\"\n");
        check_program(folder, "directory=0x1f\n", "    directory: \"0x1f\"\n");
        check_program(folder, "directory=~\n", "    directory: \"~\"\n");
        check_program(folder, "user=1000\n", "    user: \"1000\"\n");
        check_program(folder, "autostart=YES\n", "    autostart: YES\n");
        check_program(folder, "startsecs=+1_0\n", "    startsecs: +1_0\n");
        check_program(folder, "umask=022\n", "    umask: 022\n");
        check_program(folder, "exitcodes=0, 2\n", "    exitcodes: [0, 2]\n");
        check_program(folder, "exitcodes=%(ENV_X)s\n", "    exitcodes: '%(ENV_X)s'\n");
        check_program(folder, "stdout_logfile=\n", "    stdout_logfile: \"\"\n");
        check_program(folder, "environment_file=a, -b\n", "    environment_file: [a, -b]\n");
}

static void test_environments(Folder *folder, const void *data)
{
        check_program(folder, "environment=A=1,B='%(here)s',A=\"\"\n",
                        "    environment:\n      A: \"\"\n      B: '%(here)s'\n");
        check_program(folder, "environment=A=%(here)s\n", "    environment: A=%(here)s\n");
        check_program(folder, "environment=A=\"%s\"\n", "    environment: A=\"%s\"\n");
        check_program(folder, "environment=\n", "    environment: {}\n");
}

static void test_defaults(Folder *folder, const void *data)
{
        g_autoptr(Config) config = config_new();
        g_autofree char *converted = convert(folder,
                        "[DEFAULT]\nstartsecs=2\nenvironment=A=1\numask=07\n"
                        "[supervisord]\n[program:p]\nstartsecs=3\n"
                        "[program:q]\nenvironment=B=1\n",
                        config);

        g_assert_nonnull(strstr(converted, "defaults:\n  programs:\n    startsecs: 2\n"));
        g_assert_nonnull(strstr(
                        converted, "supervisord:\n  environment:\n    A: \"1\"\n  umask: 07"));
        g_assert_nonnull(strstr(converted, "  p:\n    startsecs: 3\n    environment:\n      A:"));
        g_assert_nonnull(strstr(converted, "  q:\n    environment:\n      B: \"1\"\n"));
        g_assert_null(strstr(converted, "      B: \"1\"\n      A"));
}

static void test_names(Folder *folder, const void *data)
{
        g_autoptr(Config) config = config_new();
        g_autofree char *converted = convert(folder,
                        "[unix_http_server:two]\n[unix_http_server2]\n[unix_http_server]\n"
                        "[program: 7]\n[include]\nfiles = a\n  b/*.c\n",
                        config);

        g_assert_cmpstr(converted, ==,
                        "unix_http_servers:\n  two: {}\n  unix_http_server2: {}\n"
                        "unix_http_server: {}\nprograms:\n  ' 7': {}\ninclude: [a, b/*.c]\n");
        g_assert_cmpuint(config->notices->len, ==, 0);
}

static void test_left_out(Folder *folder, const void *data)
{
        g_autoptr(Config) config = config_new();
        g_autofree char *converted =
                        convert(folder, "[program:p]\ncomand=x\n[other]\nx=y\n", config);

        g_assert_cmpstr(converted, ==, "programs:\n  p: {}\n");
        g_assert_true(has_notice(config, "x.conf:2: [program:p] comand is left out"));
        g_assert_true(has_notice(config, "x.conf:3: [other] is left out"));
}

static void test_no_ini(Folder *folder, const void *data)
{
        g_autofree char *broken = write_file(folder, "x.conf", "[a]\nword\n");
        g_autofree char *yaml = write_file(folder, "x.yml", "");
        g_autoptr(Config) config = config_new();
        g_autoptr(GError) error = NULL;
        char *converted = NULL;

        g_assert_false(config_convert(broken, config, &converted, NULL));
        g_assert_false(config_convert(yaml, config, &converted, &error));
        g_assert_nonnull(strstr(error->message, "YAML already"));
        g_assert_null(converted);
}

#define ADD(name, function) CONFIG_FIXTURE_ADD("/convert/" name, function)

int main(int argc, char *argv[])
{
        g_test_init(&argc, &argv, NULL);
        ADD("values", test_values);
        ADD("environments", test_environments);
        ADD("defaults", test_defaults);
        ADD("names", test_names);
        ADD("left-out", test_left_out);
        ADD("no-ini", test_no_ini);
        return g_test_run();
}
