/* Which processes a name means, and how they are called. */

#include <glib.h>

#include "tools/ctl/process-list.h"

static GPtrArray *example_list(void)
{
        GPtrArray *list = g_ptr_array_new_with_free_func(process_entry_free);

        g_ptr_array_add(list, process_entry_new("cat", "cat", PROCESS_RUNNING));
        g_ptr_array_add(list, process_entry_new("web", "a", PROCESS_STOPPED));
        g_ptr_array_add(list, process_entry_new("web", "b", PROCESS_STARTING));
        g_ptr_array_add(list, process_entry_new("web", "web", PROCESS_FATAL));
        return list;
}

/* "cat web:a": the display names of what the names mean; "!x" for unknown ones. */
static char *select_names(char *const *names)
{
        g_autoptr(GPtrArray) list = example_list();
        g_autoptr(GPtrArray) unknown = g_ptr_array_new();
        g_autoptr(GPtrArray) selection = process_list_select_all(list, names, unknown);
        GString *text = g_string_new(NULL);

        for (unsigned i = 0; i < selection->len; i++) {
                const ProcessEntry *entry = selection->pdata[i];
                g_autofree char *name = process_display_name(entry->group, entry->process);

                g_string_append_printf(text, "%s%s", text->len ? " " : "", name);
        }
        for (unsigned i = 0; i < unknown->len; i++)
                g_string_append_printf(
                                text, "%s!%s", text->len ? " " : "", (char *)unknown->pdata[i]);
        return g_string_free(text, false);
}

static void test_selection(void)
{
        static const struct {
                char *names[4];
                const char *selection;
        } cases[] = {
                { { NULL }, "cat web:a web:b web" },
                { { "all" }, "cat web:a web:b web" },
                { { "nix", "all" }, "cat web:a web:b web" },
                { { "cat" }, "cat" },
                { { "web" }, "web" },
                { { "web:a" }, "web:a" },
                { { "web:*" }, "web:a web:b web" },
                { { "web:" }, "web:a web:b web" },
                { { "web:web" }, "web" },
                { { "web:b", "cat", "web:b" }, "web:b cat web:b" },
                { { "a", "web:c", "we:*" }, "!a !web:c !we:*" },
                { { "nix", "cat" }, "cat !nix" },
                { { "*" }, "cat web:a web:b web" },
                { { "w*" }, "web:a web:b web" },
                { { "w*:*" }, "web:a web:b web" },
                { { "*:[ab]", "c?t" }, "web:a web:b cat" },
                { { "web:?" }, "web:a web:b" },
                { { "x*", "web:x*", "?" }, "!x* !web:x* !?" },
                { { "we:a", "webx:a", ":a" }, "!we:a !webx:a !:a" },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *selection = select_names(cases[i].names);

                g_assert_cmpstr(selection, ==, cases[i].selection);
        }
}

/* What the daemon, which knows no patterns, is given. */
static void test_expansion(void)
{
        char *names[] = { "all", "web:*", "web:?", "x*", "*", "nix", NULL };
        g_autoptr(GPtrArray) list = example_list();
        g_autoptr(GPtrArray) unknown = g_ptr_array_new();
        g_auto(GStrv) words = process_list_expand(list, names, unknown);
        g_autofree char *joined = g_strjoinv(" ", words);

        g_assert_cmpstr(joined, ==, "all web:* web:a web:b all nix");
        g_assert_cmpuint(unknown->len, ==, 1);
        g_assert_true(unknown->pdata[0] == names[3]);
}

/* A process that is called like a pattern is meant by its name. */
static void test_odd_name(void)
{
        g_autoptr(GPtrArray) list = example_list();
        g_autoptr(GPtrArray) selection = g_ptr_array_new();

        g_ptr_array_add(list, process_entry_new("w*", "w*", PROCESS_RUNNING));
        g_assert_true(process_list_select(list, "w*", selection));
        g_assert_cmpuint(selection->len, ==, 1);
}

static void test_group_of_name(void)
{
        g_autofree char *star = process_name_group("web:*");
        g_autofree char *colon = process_name_group("web:");
        g_autofree char *process = process_name_group("web:a");
        g_autofree char *plain = process_name_group("web");

        g_assert_cmpstr(star, ==, "web");
        g_assert_cmpstr(colon, ==, "web");
        g_assert_null(process);
        g_assert_null(plain);
}

static void test_display_name(void)
{
        g_autofree char *alone = process_display_name("cat", "cat");
        g_autofree char *member = process_display_name("web", "a");
        g_autofree char *group = process_display_name("web", "");

        g_assert_cmpstr(alone, ==, "cat");
        g_assert_cmpstr(member, ==, "web:a");
        g_assert_cmpstr(group, ==, "web");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/ctl/process-list/selection", test_selection);
        g_test_add_func("/ctl/process-list/expansion", test_expansion);
        g_test_add_func("/ctl/process-list/odd-name", test_odd_name);
        g_test_add_func("/ctl/process-list/group-of-name", test_group_of_name);
        g_test_add_func("/ctl/process-list/display-name", test_display_name);
        return g_test_run();
}
