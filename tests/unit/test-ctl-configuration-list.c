/* What is configured: its lines, whose columns scripts cut, and its JSON. */

#include "tools/ctl/configuration-list.h"

#include <string.h>

static void test_line(void)
{
        static const struct {
                ConfigurationEntry entry;
                const char *line;
        } rows[] = {
                { { (char *)"cat", (char *)"cat", true, true, 999, 999 },
                                "cat                              in use    auto      "
                                "999:999" },
                { { (char *)"g", (char *)"p", false, false, -1, 5 },
                                "g:p                              avail     manual    -1:5" },
                { { (char *)"a-group-with-a-long-name", (char *)"and-a-process", true, false, 1,
                                  2 },
                                "a-group-with-a-long-name:and-a-process in use    manual  "
                                "  1:2" },
                { { (char *)"\303\244", (char *)"\303\244", false, true, 1, 2 },
                                "\303\244                                avail     auto      "
                                "1:2" },
        };

        g_autoptr(GPtrArray) list = g_ptr_array_new();

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
                unsigned width = configuration_list_name_width(list, 0);
                g_autofree char *line = configuration_entry_line(&rows[i].entry, width);

                g_assert_cmpstr(line, ==, rows[i].line);
        }
        g_ptr_array_add(list, (void *)&rows[1].entry);
        g_assert_cmpuint(configuration_list_name_width(list, 80), ==, 32);
        g_assert_cmpuint(configuration_list_name_width(list, 40), ==, 3);
        g_ptr_array_add(list, (void *)&rows[2].entry);
        g_assert_cmpuint(configuration_list_name_width(list, 40), ==, 32);
}

static void test_json(void)
{
        g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(configuration_entry_free);
        g_autofree char *json = NULL;
        const ConfigurationEntry entry = { (char *)"g", (char *)"p", true, false, 1, -2 };
        static const char *const parts[] = { "\"name\":\"g:p\"", "\"group\":\"g\"",
                "\"process\":\"p\"", "\"in_use\":true", "\"autostart\":false",
                "\"group_priority\":1", "\"process_priority\":-2" };

        g_ptr_array_add(list, configuration_entry_new(&entry));
        json = configuration_list_to_json(list);
        for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
                g_assert_nonnull(strstr(json, parts[i]));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/ctl/configuration-list/line", test_line);
        g_test_add_func("/ctl/configuration-list/json", test_json);
        return g_test_run();
}
