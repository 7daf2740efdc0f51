/* Built anew for each start: it is small, and the address of the bus may have changed. */

#include "daemon/process/child-environment.h"

#include "bus/names.h"

char **inherited_environment(void)
{
        static const char *const not_for_children[] = { "NOTIFY_SOCKET", "WATCHDOG_USEC",
                "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES" };
        char **variables = g_get_environ();

        for (size_t i = 0; i < G_N_ELEMENTS(not_for_children); i++)
                variables = g_environ_unsetenv(variables, not_for_children[i]);
        return variables;
}

char **child_environment(
                const ProcessConfig *config, const char *server_url, const char *bus_address)
{
        char **variables = inherited_environment();
        const char *url = config->serverurl ? config->serverurl : server_url;
        GHashTableIter pairs;
        gpointer name, value;

        variables = g_environ_setenv(variables, "SUPERVISOR_ENABLED", "1", true);
        if (url)
                variables = g_environ_setenv(variables, "SUPERVISOR_SERVER_URL", url, true);
        variables = g_environ_setenv(variables, "SUPERVISOR_PROCESS_NAME", config->name, true);
        variables = g_environ_setenv(variables, "SUPERVISOR_GROUP_NAME", config->group, true);
        if (bus_address)
                variables = g_environ_setenv(variables, BUS_ADDRESS_VARIABLE, bus_address, true);
        g_hash_table_iter_init(&pairs, config->environment);
        while (g_hash_table_iter_next(&pairs, &name, &value))
                variables = g_environ_setenv(variables, name, value, true);
        return variables;
}
