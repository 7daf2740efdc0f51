/* Every option of a program is a property of its processes, but for those that are left out on
 * purpose. */

#include "daemon/face/process-option-bus.h"

#include <string.h>

#include <glib.h>

/* Name and Group say the first; StdoutLogFile and StderrLogFile where the logs really are; the
 * environment may hold secrets. */
static const char *const left_out[] = {
        "process_name",
        "stdout_logfile",
        "stderr_logfile",
        "environment",
        NULL,
};

static const OptionProperty *find_row(const char *option)
{
        for (size_t i = 0; i < process_option_bus_n_rows; i++)
                if (strcmp(process_option_bus_rows[i].option, option) == 0)
                        return &process_option_bus_rows[i];
        return NULL;
}

static void test_every_option(void)
{
        for (size_t i = 0; i < n_options; i++) {
                const Option *option = &options[i];
                bool expected = !g_strv_contains(left_out, option->name);

                if (option->target != TARGET_PROCESS)
                        continue;
                if ((find_row(option->name) != NULL) != expected)
                        g_error("%s is %s property", option->name, expected ? "no" : "a");
        }
}

static void test_every_row(void)
{
        for (size_t i = 0; i < process_option_bus_n_rows; i++) {
                const OptionProperty *row = &process_option_bus_rows[i];
                const Option *option = option_find(SECTION_PROGRAM, row->option);

                g_assert_nonnull(option);
                g_assert_cmpint(option->target, ==, TARGET_PROCESS);
        }
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/process-option-bus/every-option", test_every_option);
        g_test_add_func("/process-option-bus/every-row", test_every_row);
        return g_test_run();
}
