/* Finding what a command would execute, and the texts for when it cannot be. */

#include "daemon/process/command.h"

#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/fixture.h"

static void write_file(const char *folder, const char *name, mode_t mode)
{
        g_autofree char *path = g_build_filename(folder, name, NULL);

        g_assert_true(g_file_set_contents(path, "#!/bin/sh\n", -1, NULL));
        g_assert_cmpint(chmod(path, mode), ==, 0);
}

static void check_error(const char *text, int code, const char *message)
{
        g_autoptr(ProcessConfig) config = fixture_process_config("p", text);
        g_autoptr(Command) command = NULL;
        g_autoptr(GError) error = NULL;

        g_assert_false(command_find(config, &command, &error));
        g_assert_null(command);
        g_assert_error(error, COMMAND_ERROR, code);
        if (message)
                g_assert_cmpstr(error->message, ==, message);
}

static void test_found(void)
{
        g_autoptr(ProcessConfig) config = fixture_process_config("p", "/bin/sh -c 'exit 3'");
        g_autoptr(Command) command = NULL;

        g_assert_true(command_find(config, &command, NULL));
        g_assert_cmpstr(command->file, ==, "/bin/sh");
        g_assert_cmpstr(command->arguments[0], ==, "/bin/sh");
        g_assert_cmpstr(command->arguments[2], ==, "exit 3");
        g_assert_null(command->arguments[3]);
}

static void test_list(void)
{
        g_autoptr(ProcessConfig) config = fixture_process_config("p", "ignored");
        g_autoptr(Command) command = NULL;

        config->command_list = g_strdupv((char *[]){ (char *)"/bin/sh", (char *)"a b", NULL });
        g_assert_true(command_find(config, &command, NULL));
        g_assert_cmpstr(command->arguments[1], ==, "a b");
}

/* The PATH of the program's own environment, past what cannot be executed. */
static void test_path(void)
{
        char *first = fixture_folder_new();
        char *second = fixture_folder_new();
        g_autoptr(ProcessConfig) config = fixture_process_config("p", "tool");
        g_autoptr(Command) command = NULL;
        g_autofree char *wanted = g_build_filename(second, "tool", NULL);

        write_file(first, "tool", 0644);
        write_file(second, "tool", 0755);
        g_hash_table_insert(config->environment, g_strdup("PATH"),
                        g_strconcat(first, ":", second, NULL));
        g_assert_true(command_find(config, &command, NULL));
        g_assert_cmpstr(command->file, ==, wanted);
        g_assert_cmpstr(command->arguments[0], ==, "tool");
        fixture_folder_free(first);
        fixture_folder_free(second);
}

/* What is relative is looked for where the program will be when it is executed. */
static void test_relative(void)
{
        char *folder = fixture_folder_new();
        g_autoptr(ProcessConfig) config = fixture_process_config("p", "./tool");
        g_autoptr(Command) command = NULL;
        g_autoptr(Command) in_path = NULL;

        write_file(folder, "tool", 0755);
        g_assert_false(command_find(config, &command, NULL));
        config->directory = g_strdup(folder);
        g_assert_true(command_find(config, &command, NULL));
        g_assert_cmpstr(command->file, ==, "./tool");
        g_free(config->command);
        config->command = g_strdup("tool");
        g_hash_table_insert(config->environment, g_strdup("PATH"), g_strdup("/no/such/folder:"));
        g_assert_true(command_find(config, &in_path, NULL));
        g_assert_cmpstr(in_path->file, ==, "./tool");
        fixture_folder_free(folder);
}

/* Which of several another user may execute is for the kernel to say. */
static void test_other_user(void)
{
        char *first = fixture_folder_new();
        char *second = fixture_folder_new();
        g_autofree char *wanted = g_build_filename(second, "tool", NULL);
        g_autoptr(ProcessConfig) config = fixture_process_config("p", "tool");
        g_autoptr(Command) own = NULL;
        g_autoptr(Command) other = NULL;

        write_file(first, "tool", 0711);
        write_file(second, "tool", 0755);
        g_hash_table_insert(config->environment, g_strdup("PATH"),
                        g_strconcat(first, ":", second, NULL));
        g_assert_true(command_find(config, &own, NULL));
        g_assert_null(own->fallbacks);
        config->uid = geteuid() + 1;
        g_assert_true(command_find(config, &other, NULL));
        g_assert_cmpstr(other->file, ==, own->file);
        g_assert_cmpstr(other->fallbacks[0], ==, wanted);
        g_assert_null(other->fallbacks[1]);
        fixture_folder_free(first);
        fixture_folder_free(second);
}

static void test_errors(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *file = g_build_filename(folder, "plain", NULL);
        g_autofree char *message = g_strdup_printf("command at '%s' is not executable", file);

        write_file(folder, "plain", 0644);
        check_error("", COMMAND_ERROR_BAD, "command is empty");
        check_error("sh 'x", COMMAND_ERROR_BAD, NULL);
        check_error("/no/such/file -x", COMMAND_ERROR_NOT_FOUND,
                        "can't find command '/no/such/file'");
        check_error("no-such-command-anywhere", COMMAND_ERROR_NOT_FOUND,
                        "can't find command 'no-such-command-anywhere'");
        check_error("/tmp", COMMAND_ERROR_NOT_EXECUTABLE, "command at '/tmp' is a directory");
        check_error(file, COMMAND_ERROR_NOT_EXECUTABLE, message);
        fixture_folder_free(folder);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/command/found", test_found);
        g_test_add_func("/command/list", test_list);
        g_test_add_func("/command/path", test_path);
        g_test_add_func("/command/relative", test_relative);
        g_test_add_func("/command/other-user", test_other_user);
        g_test_add_func("/command/errors", test_errors);
        return g_test_run();
}
