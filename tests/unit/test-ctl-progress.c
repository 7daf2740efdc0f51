/* The line about an operation that is under way. */

#include <glib.h>

#include "tools/ctl/process-list.h"
#include "tools/ctl/progress.h"

static GPtrArray *new_list(void)
{
        static const struct {
                const char *group, *process;
                ProcessState state;
        } entries[] = {
                { "cat", "cat", PROCESS_STOPPED },
                { "web", "a", PROCESS_EXITED },
                { "web", "b", PROCESS_FATAL },
                { "web", "c", PROCESS_RUNNING },
                { "late", "late", PROCESS_STOPPING },
                { "cat", "cat", PROCESS_STOPPED },
        };
        GPtrArray *list = g_ptr_array_new_with_free_func(process_entry_free);

        for (size_t i = 0; i < G_N_ELEMENTS(entries); i++)
                g_ptr_array_add(list, process_entry_new(entries[i].group, entries[i].process,
                                                      entries[i].state));
        return list;
}

static void assert_text(const Progress *progress, const char *expected)
{
        g_autofree char *text = progress_text(progress, 0);

        g_assert_cmpstr(text, ==, expected);
}

static void test_start(void)
{
        g_autoptr(GPtrArray) list = new_list();
        g_autoptr(Progress) progress = progress_new(OPERATION_START, list);

        g_assert_cmpuint(progress_total(progress), ==, 4);
        assert_text(progress, "started 0 of 4, waiting for cat, web:a, web:b, late");
        progress_change(progress, "cat", "cat", PROCESS_STARTING);
        progress_change(progress, "late", "late", PROCESS_STOPPED);
        assert_text(progress, "started 0 of 4, 1 failed, waiting for cat, web:a, web:b");
        progress_change(progress, "late", "late", PROCESS_STARTING);
        progress_change(progress, "cat", "cat", PROCESS_RUNNING);
        progress_change(progress, "web", "a", PROCESS_BACKOFF);
        assert_text(progress, "started 1 of 4, waiting for web:a, web:b, late");
        progress_change(progress, "web", "a", PROCESS_FATAL);
        progress_change(progress, "web", "b", PROCESS_RUNNING);
        progress_change(progress, "late", "late", PROCESS_RUNNING);
        progress_change(progress, "other", "other", PROCESS_RUNNING);
        assert_text(progress, "started 3 of 4, 1 failed");
}

static void test_stop(void)
{
        g_autoptr(GPtrArray) list = new_list();
        g_autoptr(Progress) progress = progress_new(OPERATION_STOP, list);

        g_assert_cmpuint(progress_total(progress), ==, 2);
        assert_text(progress, "stopped 0 of 2, waiting for web:c, late");
        progress_change(progress, "late", "late", PROCESS_STOPPED);
        progress_change(progress, "web", "c", PROCESS_STOPPING);
        assert_text(progress, "stopped 1 of 2, waiting for web:c");
}

static void test_width(void)
{
        g_autoptr(GPtrArray) list = new_list();
        g_autoptr(Progress) progress = progress_new(OPERATION_START, list);
        g_autofree char *text = progress_text(progress, 20);

        g_assert_cmpint(g_utf8_strlen(text, -1), ==, 20);
        g_assert_true(g_str_has_prefix(text, "started 0 of 4, wai"));
}

/* A thousand names are no line, and names are not for the terminal to obey. */
static void test_many(void)
{
        g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(process_entry_free);
        g_autoptr(Progress) progress = NULL;
        g_autofree char *text = NULL;

        g_ptr_array_add(list, process_entry_new("a\033b", "a\033b", PROCESS_STOPPED));
        for (unsigned i = 0; i < 1000; i++) {
                g_autofree char *name = g_strdup_printf("p%u", i);

                g_ptr_array_add(list, process_entry_new(name, name, PROCESS_STOPPED));
        }
        progress = progress_new(OPERATION_START, list);
        text = progress_text(progress, 0);
        g_assert_true(g_str_has_prefix(text, "started 0 of 1001, waiting for a\\x1bb, p0, p1"));
        g_assert_true(g_str_has_suffix(text, "p98, ..."));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/ctl/progress/start", test_start);
        g_test_add_func("/ctl/progress/stop", test_stop);
        g_test_add_func("/ctl/progress/width", test_width);
        g_test_add_func("/ctl/progress/many", test_many);
        return g_test_run();
}
