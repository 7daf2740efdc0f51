/* Options: the table is whole and can be searched. */

#include "daemon/config/options.h"

#include <string.h>

#include "daemon/config/assign.h"
#include "daemon/config/config.h"

static void test_rows(void)
{
        for (size_t i = 0; i < n_options; i++) {
                const Option *option = &options[i];

                g_assert_nonnull(option->name);
                g_assert_nonnull(option->help);
                g_assert_cmpuint(option->sections, !=, 0);
                g_assert_true(option->minimum <= option->maximum);
                for (int kind = 0; kind < _SECTION_KIND_MAX; kind++)
                        if (option->sections & SECTION_BIT(kind))
                                g_assert_nonnull(option_find(kind, option->name));
        }
}

/* Two rows of one kind with the same name have to be about different structures. */
static void test_no_row_twice(void)
{
        for (size_t i = 0; i < n_options; i++)
                for (size_t j = i + 1; j < n_options; j++)
                        g_assert_false(strcmp(options[i].name, options[j].name) == 0 &&
                                        (options[i].sections & options[j].sections) &&
                                        options[i].target == options[j].target);
}

static void test_defaults_of_process(void)
{
        g_autoptr(ProcessConfig) process = process_config_new();

        for (size_t i = 0; i < n_options; i++)
                if (options[i].target == TARGET_PROCESS && options[i].default_text)
                        g_assert_true(assign_text(
                                        &options[i], process, options[i].default_text, NULL));
        g_assert_cmpint(process->priority, ==, 999);
        g_assert_cmpint(process->startretries, ==, 3);
        g_assert_cmpint(process->autorestart, ==, AUTORESTART_UNEXPECTED);
        g_assert_cmpfloat(process->start_interval, ==, 1.0);
        g_assert_cmpstr(process->error.logfile, ==, "AUTO");
        g_assert_cmpint(process->output.logfile_maxbytes, ==, 50 << 20);
        g_assert_cmpint(process->umask, ==, -1);
        g_assert_true(process_config_expects(process, 0));
        g_assert_false(process_config_expects(process, 2));
}

static void test_kinds(void)
{
        const char *name;

        g_assert_cmpint(section_kind_from_header("program:a:b", &name), ==, SECTION_PROGRAM);
        g_assert_cmpstr(name, ==, "a:b");
        g_assert_cmpint(section_kind_from_header("unix_http_server:two", &name), ==,
                        SECTION_UNIX_HTTP_SERVER);
        g_assert_cmpint(section_kind_from_header("inet_http_server9", NULL), ==,
                        SECTION_INET_HTTP_SERVER);
        g_assert_cmpint(section_kind_from_header("supervisord:x", NULL), ==, _SECTION_KIND_INVALID);
        g_assert_cmpint(section_kind_from_header("Program:x", NULL), ==, _SECTION_KIND_INVALID);
}

static void test_nearest(void)
{
        g_assert_cmpstr(option_nearest(SECTION_PROGRAM, "comand"), ==, "command");
        g_assert_cmpstr(option_nearest(SECTION_PROGRAM, "stdout_log_file"), ==, "stdout_logfile");
        g_assert_null(option_nearest(SECTION_PROGRAM, "zzzzzzzz"));
        g_assert_cmpstr(section_nearest_header("progam:x"), ==, "program:");
}

static void test_bounds(void)
{
        g_autoptr(GroupConfig) group = group_config_new(GROUP_EVENTLISTENER);
        const Option *option = option_find(SECTION_EVENTLISTENER, "buffer_size");

        g_assert_true(assign_text(option, group, "1", NULL));
        g_assert_false(assign_text(option, group, "0", NULL));
        g_assert_cmpint(group->buffer_size, ==, 1);
}

int main(int argc, char *argv[])
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/options/rows", test_rows);
        g_test_add_func("/options/no-row-twice", test_no_row_twice);
        g_test_add_func("/options/defaults-of-process", test_defaults_of_process);
        g_test_add_func("/options/kinds", test_kinds);
        g_test_add_func("/options/nearest", test_nearest);
        g_test_add_func("/options/bounds", test_bounds);
        return g_test_run();
}
