/* The columns of the status table, and its JSON. */

#include <string.h>

#include <glib.h>
#include <json-c/json.h>

#include "tools/ctl/status-table.h"

#define NOW_USEC (UINT64_C(1700000000) * G_USEC_PER_SEC)

static GPtrArray *one_process(const char *group, const char *process, ProcessState state)
{
        GPtrArray *list = g_ptr_array_new_with_free_func(process_entry_free);

        g_ptr_array_add(list, process_entry_new(group, process, state));
        return list;
}

static void test_columns(void)
{
        g_autoptr(GPtrArray) list = one_process("cat", "cat", PROCESS_RUNNING);
        unsigned width = status_table_name_width(list, NOW_USEC, 0);
        g_autofree char *name = status_table_name(list->pdata[0], width);
        g_autofree char *state = status_table_state(list->pdata[0]);

        g_assert_cmpuint(width, ==, 33);
        g_assert_cmpstr(name, ==, "cat                              ");
        g_assert_cmpstr(state, ==, "RUNNING   ");
}

static void test_narrow(void)
{
        g_autoptr(GPtrArray) list = one_process("web", "a", PROCESS_STOPPED);
        g_autofree char *description = process_entry_description(list->pdata[0], NOW_USEC);
        unsigned all = 33 + 10 + g_utf8_strlen(description, -1);

        g_assert_cmpuint(status_table_name_width(list, NOW_USEC, all), ==, 33);
        g_assert_cmpuint(status_table_name_width(list, NOW_USEC, all - 1), ==, 7);
        g_assert_cmpuint(status_table_name_width(list, NOW_USEC, 1), ==, 7);
}

static void test_long_name(void)
{
        g_autoptr(GPtrArray) list =
                        one_process("a-group-with-a-long-name", "process-with-ä", PROCESS_STOPPED);
        g_autofree char *name = status_table_name(
                        list->pdata[0], status_table_name_width(list, NOW_USEC, 0));

        g_assert_cmpstr(name, ==, "a-group-with-a-long-name:process-with-ä   ");
}

static void test_json(void)
{
        g_autoptr(GPtrArray) list = one_process("web", "a", PROCESS_RUNNING);
        ProcessEntry *entry = list->pdata[0];
        g_autofree char *text = NULL;
        json_object *array, *object;

        entry->pid = 12;
        entry->start_usec = NOW_USEC - 5 * G_USEC_PER_SEC;
        text = status_table_to_json(list, NOW_USEC);
        array = json_tokener_parse(text);
        g_assert_cmpuint(json_object_array_length(array), ==, 1);
        object = json_object_array_get_idx(array, 0);
        g_assert_cmpstr(json_object_get_string(json_object_object_get(object, "name")), ==,
                        "web:a");
        g_assert_cmpstr(json_object_get_string(json_object_object_get(object, "state")), ==,
                        "RUNNING");
        g_assert_cmpint(json_object_get_int64(json_object_object_get(object, "pid")), ==, 12);
        g_assert_cmpint(json_object_get_int64(json_object_object_get(object, "start_usec")), ==,
                        entry->start_usec);
        g_assert_cmpstr(json_object_get_string(json_object_object_get(object, "description")), ==,
                        "pid 12, uptime 0:00:05");
        g_assert_cmpstr(json_object_get_string(json_object_object_get(object, "path")), ==,
                        "/org/busvisor1/process/web/a");
        json_object_put(array);
}

static void test_no_process(void)
{
        g_autoptr(GPtrArray) list = g_ptr_array_new();
        g_autofree char *text = status_table_to_json(list, NOW_USEC);
        json_object *array = json_tokener_parse(text);

        g_assert_true(json_object_is_type(array, json_type_array));
        g_assert_cmpuint(json_object_array_length(array), ==, 0);
        json_object_put(array);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/ctl/status-table/columns", test_columns);
        g_test_add_func("/ctl/status-table/narrow", test_narrow);
        g_test_add_func("/ctl/status-table/long-name", test_long_name);
        g_test_add_func("/ctl/status-table/json", test_json);
        g_test_add_func("/ctl/status-table/no-process", test_no_process);
        return g_test_run();
}
