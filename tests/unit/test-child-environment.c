/* The environment of a child: what is set, and what goes over what. */

#include "daemon/process/child-environment.h"

#include "tests/unit/fixture.h"

static void test_variables(void)
{
        g_autoptr(ProcessConfig) config = fixture_process_config("web", "/bin/true");
        g_auto(GStrv) variables = NULL;

        g_free(config->group);
        config->group = g_strdup("site");
        g_setenv("BUSVISOR_UNIT_INHERITED", "yes", true);
        g_hash_table_insert(config->environment, g_strdup("COLOR"), g_strdup("red=green"));
        variables = child_environment(config, "unix:///run/x.sock", "unix:path=/run/bus");
        g_assert_cmpstr(g_environ_getenv(variables, "SUPERVISOR_ENABLED"), ==, "1");
        g_assert_cmpstr(g_environ_getenv(variables, "SUPERVISOR_PROCESS_NAME"), ==, "web");
        g_assert_cmpstr(g_environ_getenv(variables, "SUPERVISOR_GROUP_NAME"), ==, "site");
        g_assert_cmpstr(g_environ_getenv(variables, "SUPERVISOR_SERVER_URL"), ==,
                        "unix:///run/x.sock");
        g_assert_cmpstr(g_environ_getenv(variables, "BUSVISOR_BUS_ADDRESS"), ==,
                        "unix:path=/run/bus");
        g_assert_cmpstr(g_environ_getenv(variables, "COLOR"), ==, "red=green");
        g_assert_cmpstr(g_environ_getenv(variables, "BUSVISOR_UNIT_INHERITED"), ==, "yes");
}

/* What the configuration sets wins over everything, and serverurl= over the computed one. */
static void test_order(void)
{
        g_autoptr(ProcessConfig) config = fixture_process_config("web", "/bin/true");
        g_auto(GStrv) variables = NULL;

        config->serverurl = g_strdup("http://elsewhere:1");
        g_hash_table_insert(
                        config->environment, g_strdup("SUPERVISOR_ENABLED"), g_strdup("mine"));
        variables = child_environment(config, "unix:///run/x.sock", NULL);
        g_assert_cmpstr(g_environ_getenv(variables, "SUPERVISOR_ENABLED"), ==, "mine");
        g_assert_cmpstr(g_environ_getenv(variables, "SUPERVISOR_SERVER_URL"), ==,
                        "http://elsewhere:1");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/child-environment/variables", test_variables);
        g_test_add_func("/child-environment/order", test_order);
        return g_test_run();
}
