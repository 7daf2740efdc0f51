/* The table of commands, and what is refused before a daemon is looked for. */

#include <string.h>

#include <glib.h>

#include "tools/ctl/command.h"

/* Quiet, so that nothing but errors (on stderr) is printed in between the lines of the test. */
static const Output quiet = { .quiet = true };

static ExitStatus run(const char *name, const Arguments *arguments, char **words)
{
        /* No client: whoever gets as far as to connect crashes. */
        Context context = { .arguments = arguments, .output = &quiet };

        return command_run(command_find(name), &context, words);
}

static void test_table(void)
{
        for (unsigned i = 0; command_at(i); i++) {
                const Command *command = command_at(i);

                g_assert_true(command_find(command->name) == command);
                g_assert_nonnull(command->run);
                g_assert_nonnull(command->synopsis);
                g_assert_true(command->min_arguments == 0 || command->required);
                g_assert_cmpuint(command->min_arguments, <=, command->max_arguments);
        }
        g_assert_true(command_find("?") == &command_help);
        g_assert_true(command_find("EOF") == &command_exit);
        g_assert_null(command_find("Status"));
        g_assert_null(command_find(""));
}

static void test_missing_arguments(void)
{
        const Arguments none = { 0 };

        g_assert_cmpint(run("start", &none, (char *[]){ NULL }), ==, EXIT_STATUS_INVALID_ARGUMENTS);
        g_assert_cmpint(run("stop", &none, (char *[]){ NULL }), ==, EXIT_STATUS_GENERIC);
        g_assert_cmpint(run("restart", &none, (char *[]){ NULL }), ==, EXIT_STATUS_GENERIC);
        g_assert_cmpint(run("signal", &none, (char *[]){ "HUP", NULL }), ==, EXIT_STATUS_GENERIC);
}

static void test_too_many_arguments(void)
{
        const Arguments none = { 0 };

        g_assert_cmpint(run("shutdown", &none, (char *[]){ "now", NULL }), ==, EXIT_STATUS_GENERIC);
        g_assert_cmpint(run("version", &none, (char *[]){ "x", NULL }), ==, EXIT_STATUS_GENERIC);
}

static void test_options_that_do_not_fit(void)
{
        const Arguments json = { .json = true }, no_block = { .no_block = true };

        g_assert_cmpint(run("exit", &json, (char *[]){ NULL }), ==, EXIT_STATUS_INVALID_ARGUMENTS);
        g_assert_cmpint(run("monitor", &no_block, (char *[]){ NULL }), ==,
                        EXIT_STATUS_INVALID_ARGUMENTS);
        g_assert_cmpint(run("fg", &no_block, (char *[]){ "a", NULL }), ==,
                        EXIT_STATUS_INVALID_ARGUMENTS);
}

static void test_help_text(void)
{
        g_autofree char *start = command_help_text(&command_start);
        g_autofree char *version = command_help_text(&command_version);

        g_assert_true(g_str_has_prefix(start, "start NAME...\n    Start processes"));
        g_assert_true(g_str_has_prefix(version, "version\n"));
        g_assert_false(g_str_has_suffix(version, "\n"));
}

/* The texts that are not made from the table name every command as well. */
static void test_documents(void)
{
        static const char *const documents[] = { "man/busvisorctl.1",
                "data/completions/busvisorctl", "data/completions/_busvisorctl",
                "data/completions/busvisorctl.fish" };
        const char *source = g_getenv("BUSVISOR_SOURCE");

        if (!source) {
                g_test_skip("BUSVISOR_SOURCE is not set");
                return;
        }
        for (size_t i = 0; i < G_N_ELEMENTS(documents); i++) {
                g_autofree char *path = g_build_filename(source, documents[i], NULL);
                g_autofree char *text = NULL;

                g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
                for (unsigned j = 0; command_at(j); j++)
                        g_assert_nonnull(strstr(text, command_at(j)->name));
        }
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/ctl/command/table", test_table);
        g_test_add_func("/ctl/command/missing-arguments", test_missing_arguments);
        g_test_add_func("/ctl/command/too-many-arguments", test_too_many_arguments);
        g_test_add_func("/ctl/command/options", test_options_that_do_not_fit);
        g_test_add_func("/ctl/command/help-text", test_help_text);
        g_test_add_func("/ctl/command/documents", test_documents);
        return g_test_run();
}
