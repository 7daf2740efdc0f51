/* The identifier in configuration files, in the forms in which people write it. */

#include <glib.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "tools/ctl/failure.h"
#include "tools/ctl/identifier.h"

static void test_texts(void)
{
        static const struct {
                bool is_yaml;
                const char *text, *identifier;
        } cases[] = {
                { false, "", "supervisor" },
                { false, "[supervisord]\nidentifier=web1\n", "web1" },
                { false, "[supervisord]\n  Identifier : web 1  ; ours\r\n", "web 1" },
                { false, "[supervisord]\nidentifier=a\nidentifier=b\n", "b" },
                { false, "[supervisord]\nidentifiers=a\n;identifier=b\n", "supervisor" },
                { false, "[program:x]\nidentifier=a\n[supervisord]\nnodaemon=true\n",
                                "supervisor" },
                { false, "[supervisord]\n[program:x]\nidentifier=a\n", "supervisor" },
                { false, "[supervisord]\nidentifier=a;b\n", "a;b" },
                { true, "supervisord:\n  logfile: x\n  identifier: web1 # ours\n", "web1" },
                { true, "supervisord: {logfile: /x, identifier: 'web 1'}\n", "web 1" },
                { true, "supervisord: {identifier: web1, nodaemon: true}\n", "web1" },
                { true, "supervisord:\n  identifier: \"web1\"\n", "web1" },
                { true, "supervisord:\n  identifier: \"web1\n", "web1" },
                { true, "programs:\n  identifier: {command: x}\n", "supervisor" },
                { true, "supervisord:\n  logfile: x\nprograms:\n  identifier: x\n", "supervisor" },
                { true, "supervisord:\n\n# note\n  identifier: late\n", "late" },
                { true, "supervisord:\n  identifier: \"\n", "" },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *identifier = identifier_from_text(cases[i].text, cases[i].is_yaml);

                g_assert_cmpstr(identifier, ==, cases[i].identifier);
        }
}

static char *write_file(const char *name, const char *text)
{
        char *path = g_build_filename(g_get_tmp_dir(), name, NULL);

        g_assert_true(g_file_set_contents(path, text, -1, NULL));
        return path;
}

static void test_file(void)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *name = g_strdup_printf("busvisor-test-%d.yml", getpid());
        g_autofree char *path = write_file(name, "supervisord:\n  identifier: y\n");
        g_autofree char *identifier = identifier_from_file(path, &error);

        g_unlink(path);
        g_assert_no_error(error);
        g_assert_cmpstr(identifier, ==, "y");
}

static void test_expression(void)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *name = g_strdup_printf("busvisor-test-%d.conf", getpid());
        g_autofree char *path = write_file(name, "[supervisord]\nidentifier=%(host_node_name)s\n");

        g_assert_null(identifier_from_file(path, &error));
        g_unlink(path);
        g_assert_error(error, FAILURE, FAILURE_USAGE);
}

static void test_missing_file(void)
{
        g_autoptr(GError) error = NULL;

        g_assert_null(identifier_from_file("/nonexistent/busvisor.conf", &error));
        g_assert_error(error, FAILURE, FAILURE_USAGE);
        g_assert_nonnull(strstr(error->message, "/nonexistent/busvisor.conf"));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/ctl/identifier/texts", test_texts);
        g_test_add_func("/ctl/identifier/file", test_file);
        g_test_add_func("/ctl/identifier/expression", test_expression);
        g_test_add_func("/ctl/identifier/missing-file", test_missing_file);
        return g_test_run();
}
