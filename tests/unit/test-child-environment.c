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
        g_hash_table_insert(config->environment, g_strdup("SUPERVISOR_ENABLED"), g_strdup("mine"));
        variables = child_environment(config, "unix:///run/x.sock", NULL);
        g_assert_cmpstr(g_environ_getenv(variables, "SUPERVISOR_ENABLED"), ==, "mine");
        g_assert_cmpstr(g_environ_getenv(variables, "SUPERVISOR_SERVER_URL"), ==,
                        "http://elsewhere:1");
}

/* What the service manager says to the daemon is not for its children, unless they are given it. */
static void test_service_manager(void)
{
        g_autoptr(ProcessConfig) config = fixture_process_config("web", "/bin/true");
        const char *names[] = { "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS",
                "LISTEN_PID", "LISTEN_FDNAMES" };
        g_auto(GStrv) variables = NULL;

        for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
                g_setenv(names[i], "1", true);
        g_hash_table_insert(config->environment, g_strdup("NOTIFY_SOCKET"), g_strdup("/given"));
        variables = child_environment(config, NULL, NULL);
        g_assert_cmpstr(g_environ_getenv(variables, "NOTIFY_SOCKET"), ==, "/given");
        for (size_t i = 1; i < G_N_ELEMENTS(names); i++)
                g_assert_null(g_environ_getenv(variables, names[i]));
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
                g_unsetenv(names[i]);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/child-environment/variables", test_variables);
        g_test_add_func("/child-environment/order", test_order);
        g_test_add_func("/child-environment/service-manager", test_service_manager);
        return g_test_run();
}
