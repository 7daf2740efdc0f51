/* The options of supervisorctl in those of busvisorctl. */

#include <glib.h>

#include "tools/ctl/classic.h"
#include "tools/ctl/failure.h"

#define TRANSLATE(error, ...)                                                                      \
        classic_arguments(G_N_ELEMENTS(((char *[]){ "supervisorctl", __VA_ARGS__ })),              \
                        (char *[]){ "supervisorctl", __VA_ARGS__, NULL }, error)

static void test_name(void)
{
        g_assert_true(classic_is_called("supervisorctl"));
        g_assert_true(classic_is_called("/usr/bin/supervisorctl"));
        g_assert_false(classic_is_called("/opt/supervisorctl/busvisorctl"));
        g_assert_false(classic_is_called(NULL));
}

static void check(char **line, const char *expected)
{
        g_auto(GStrv) owned = line;
        g_autofree char *joined = g_strjoinv("|", owned);

        g_assert_cmpstr(joined, ==, expected);
}

static void test_options(void)
{
        g_autoptr(GError) error = NULL;

        check(TRANSLATE(&error, "-c", "/etc/x.conf", "-i", "stop", "all"),
                        "supervisorctl|-c|/etc/x.conf|--interactive|--|stop|all");
        check(TRANSLATE(&error, "-c/etc/x.conf", "-upw", "--pass=secret", "tail", "-f", "web"),
                        "supervisorctl|-c|/etc/x.conf|--|tail|-f|web");
        check(TRANSLATE(&error, "--conf", "x", "--history_file=h"), "supervisorctl|-c|x|-r|h|--");
        check(TRANSLATE(&error, "-h"), "supervisorctl|--help|--");
        check(TRANSLATE(&error, "-?"), "supervisorctl|--help|--");
        check(TRANSLATE(&error, "status"), "supervisorctl|--|status");
        g_assert_no_error(error);
}

static void test_local_servers(void)
{
        static const char *const urls[] = { "unix:///var/run/supervisor.sock",
                "http://localhost:9001", "http://127.0.0.1:9001/", "http://[::1]:9001",
                "http://LOCALHOST", "http://:9001" };

        for (size_t i = 0; i < G_N_ELEMENTS(urls); i++) {
                g_autoptr(GError) error = NULL;

                check(TRANSLATE(&error, "-s", (char *)urls[i], "pid"), "supervisorctl|--|pid");
                g_assert_no_error(error);
        }
}

static void test_refused(void)
{
        static const struct {
                const char *option, *value;
        } refused[] = {
                { "-s", "http://example.org:9001" },
                { "-s", "http://localhost.example.org:9001" },
                { "-s", "/var/run/supervisor.sock" },
                { "-x", "y" },
                { "--serverurl", NULL },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
                g_autoptr(GError) error = NULL;

                g_assert_null(classic_arguments(refused[i].value ? 3 : 2,
                                (char *[]){ "supervisorctl", (char *)refused[i].option,
                                                (char *)refused[i].value, NULL },
                                &error));
                g_assert_error(error, FAILURE, FAILURE_USAGE);
        }
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/ctl-classic/name", test_name);
        g_test_add_func("/ctl-classic/options", test_options);
        g_test_add_func("/ctl-classic/local-servers", test_local_servers);
        g_test_add_func("/ctl-classic/refused", test_refused);
        return g_test_run();
}
