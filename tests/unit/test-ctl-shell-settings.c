/* The shell's prompt and history file, from the command line and the file. */

#include <glib.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "tools/ctl/failure.h"
#include "tools/ctl/shell-settings.h"

static void test_expand(void)
{
        static const struct {
                const char *text, *expanded;
        } cases[] = {
                { "", "" },
                { "plain", "plain" },
                { "%(here)s/x", "/etc/x" },
                { "%(ENV_BUSVISOR_TEST)s%(ENV_BUSVISOR_TEST)s", "oneone" },
                { "%(ENV_BUSVISOR_NONE)s", "%(ENV_BUSVISOR_NONE)s" },
                { "100% %(odd", "100% %(odd" },
        };

        g_setenv("BUSVISOR_TEST", "one", true);
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *expanded = shell_settings_expand(cases[i].text, "/etc");

                g_assert_cmpstr(expanded, ==, cases[i].expanded);
        }
}

static void check(const Arguments *arguments, const char *prompt, const char *history_file)
{
        g_autoptr(GError) error = NULL;
        ShellSettings settings;

        g_assert_true(shell_settings_init(&settings, arguments, &error));
        g_assert_no_error(error);
        g_assert_cmpstr(settings.prompt, ==, prompt);
        g_assert_cmpstr(settings.history_file, ==, history_file);
        shell_settings_clear(&settings);
}

static void test_no_file(void)
{
        Arguments none = { 0 };
        Arguments named = { .identifier = "web1", .history_file = "/tmp/lines" };

        check(&none, "supervisor> ", "/nowhere/state/busvisor/history");
        check(&named, "web1> ", "/tmp/lines");
}

static void test_file(void)
{
        g_autofree char *folder = g_dir_make_tmp("busvisor-test-XXXXXX", NULL);
        g_autofree char *path = g_build_filename(folder, "c.conf", NULL);
        g_autofree char *history = g_build_filename(folder, "lines", NULL);
        Arguments arguments = { .configuration = path, .identifier = "web1" };

        g_assert_true(g_file_set_contents(path,
                        "[supervisorctl]\nprompt = my\033box ; ours\nhistory_file=%(here)s/lines\n",
                        -1, NULL));
        check(&arguments, "my\\x1bbox> ", history);
        arguments.history_file = "/tmp/other";
        check(&arguments, "my\\x1bbox> ", "/tmp/other");
        g_assert_true(g_file_set_contents(path, "[program:x]\nprompt=no\n", -1, NULL));
        arguments.history_file = NULL;
        check(&arguments, "web1> ", "/nowhere/state/busvisor/history");
        g_unlink(path);
        g_rmdir(folder);
}

static void test_yaml(void)
{
        g_autofree char *folder = g_dir_make_tmp("busvisor-test-XXXXXX", NULL);
        g_autofree char *path = g_build_filename(folder, "c.yaml", NULL);
        Arguments arguments = { .configuration = path };

        g_assert_true(g_file_set_contents(path,
                        "supervisorctl:\n  prompt: 'my box'\n  history_file: ~/lines\n", -1, NULL));
        check(&arguments, "my box> ", "/nowhere/home/lines");
        g_unlink(path);
        g_rmdir(folder);
}

static void test_missing_file(void)
{
        g_autoptr(GError) error = NULL;
        Arguments arguments = { .configuration = "/nowhere/c.conf" };
        ShellSettings settings;

        g_assert_false(shell_settings_init(&settings, &arguments, &error));
        g_assert_error(error, FAILURE, FAILURE_USAGE);
}

int main(int argc, char **argv)
{
        /* GLib reads both once. */
        g_setenv("XDG_STATE_HOME", "/nowhere/state", true);
        g_setenv("HOME", "/nowhere/home", true);
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/ctl/shell-settings/expand", test_expand);
        g_test_add_func("/ctl/shell-settings/no-file", test_no_file);
        g_test_add_func("/ctl/shell-settings/file", test_file);
        g_test_add_func("/ctl/shell-settings/yaml", test_yaml);
        g_test_add_func("/ctl/shell-settings/missing-file", test_missing_file);
        return g_test_run();
}
