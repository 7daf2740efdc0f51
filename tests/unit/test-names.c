/* Paths go there and back for every kind of name that a configuration may hold, and nothing that is
 * not one of our paths is taken for one. */

#include "bus/names.h"

#include <glib.h>
#include <systemd/sd-bus.h>

static const char *const odd_names[] = { "web", "web_00", "a-b", "1st", "with space", "dot.ted",
        "a/b", "grüße", "_5f", "*", ":", "x" };

static void test_groups_and_pools(void)
{
        for (size_t i = 0; i < G_N_ELEMENTS(odd_names); i++) {
                g_autofree char *group_path = bus_path_group(odd_names[i]);
                g_autofree char *pool_path = bus_path_pool(odd_names[i]);
                g_autofree char *group = NULL;
                g_autofree char *pool = NULL;

                g_assert_true(sd_bus_object_path_is_valid(group_path));
                g_assert_true(sd_bus_object_path_is_valid(pool_path));
                g_assert_true(g_str_has_prefix(group_path, BUS_PATH_GROUP "/"));
                g_assert_true(bus_path_parse_group(group_path, &group));
                g_assert_cmpstr(group, ==, odd_names[i]);
                g_assert_true(bus_path_parse_pool(pool_path, &pool));
                g_assert_cmpstr(pool, ==, odd_names[i]);
                g_assert_false(bus_path_parse_pool(group_path, &pool));
                g_assert_false(bus_path_parse_group(pool_path, &group));
        }
}

static void test_processes(void)
{
        for (size_t i = 0; i < G_N_ELEMENTS(odd_names); i++)
                for (size_t j = 0; j < G_N_ELEMENTS(odd_names); j++) {
                        g_autofree char *path = bus_path_process(odd_names[i], odd_names[j]);
                        g_autofree char *group = NULL;
                        g_autofree char *process = NULL;

                        g_assert_true(sd_bus_object_path_is_valid(path));
                        g_assert_true(bus_path_parse_process(path, &group, &process));
                        g_assert_cmpstr(group, ==, odd_names[i]);
                        g_assert_cmpstr(process, ==, odd_names[j]);
                }
}

static void test_longest(void)
{
        g_autofree char *name = g_strnfill(BUS_PATH_NAME_MAX, '-');
        g_autofree char *path = bus_path_process(name, name);

        g_assert_true(sd_bus_object_path_is_valid(path));
}

static void test_readable_form(void)
{
        g_autofree char *plain = bus_path_process("site", "web1");
        g_autofree char *escaped = bus_path_group("a-b");

        g_assert_cmpstr(plain, ==, "/org/busvisor1/process/site/web1");
        g_assert_cmpstr(escaped, ==, "/org/busvisor1/group/a_2db");
}

/* Outputs stay untouched on failure. */
static void test_foreign_paths(void)
{
        static const char *const paths[] = { "/", "/org/busvisor1", "/org/busvisor1/group",
                "/org/busvisor1/process", "/org/busvisor1/process/only",
                "/org/busvisor1/process/a/b/c", "/org/busvisor1/processes/a/b",
                "/org/busvisor1/group/a/b", "/org/busvisor1/pool/a/b",
                "/org/freedesktop/busvisor1/group/a" };

        for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
                char *first = (char *)"before", *second = (char *)"before";

                g_assert_false(bus_path_parse_process(paths[i], &first, &second));
                g_assert_false(bus_path_parse_group(paths[i], &first));
                g_assert_false(bus_path_parse_pool(paths[i], &second));
                g_assert_cmpstr(first, ==, "before");
                g_assert_cmpstr(second, ==, "before");
        }
}

static void test_interfaces_are_valid(void)
{
        g_assert_true(sd_bus_service_name_is_valid(BUS_NAME));
        g_assert_true(sd_bus_object_path_is_valid(BUS_PATH));
        g_assert_true(sd_bus_interface_name_is_valid(BUS_INTERFACE_MANAGER));
        g_assert_true(sd_bus_interface_name_is_valid(BUS_INTERFACE_EVENTS));
        g_assert_true(sd_bus_interface_name_is_valid(BUS_INTERFACE_GROUP));
        g_assert_true(sd_bus_interface_name_is_valid(BUS_INTERFACE_PROCESS));
        g_assert_true(sd_bus_interface_name_is_valid(BUS_INTERFACE_POOL));
}

static void test_addresses(void)
{
        g_assert_true(bus_is_address("unix:path=/run/x"));
        g_assert_true(bus_is_address("unix:abstract=x,guid=1"));
        g_assert_true(bus_is_address("tcp:host=localhost,port=1"));
        g_assert_false(bus_is_address(""));
        g_assert_false(bus_is_address("system"));
        g_assert_false(bus_is_address("/run/x"));
        g_assert_false(bus_is_address("http://localhost:9001"));
}

int main(int argc, char *argv[])
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/names/groups-and-pools", test_groups_and_pools);
        g_test_add_func("/names/processes", test_processes);
        g_test_add_func("/names/longest", test_longest);
        g_test_add_func("/names/readable-form", test_readable_form);
        g_test_add_func("/names/foreign-paths", test_foreign_paths);
        g_test_add_func("/names/addresses", test_addresses);
        g_test_add_func("/names/interfaces-are-valid", test_interfaces_are_valid);
        return g_test_run();
}
