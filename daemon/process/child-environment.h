/* Child environment: the variables that a supervised program starts with, later ones overriding
 * earlier ones: the daemon's own, SUPERVISOR_ENABLED, SUPERVISOR_SERVER_URL,
 * SUPERVISOR_PROCESS_NAME, SUPERVISOR_GROUP_NAME, BUSVISOR_BUS_ADDRESS, and what the configuration
 * sets. */
#pragma once

#include "daemon/config/config.h"

/* The daemon's own, without what its service manager meant for it alone: by NOTIFY_SOCKET a child
 * would speak in its name. Caller frees with g_strfreev. */
char **inherited_environment(void);

/* server_url and bus_address may be NULL (then an inherited one stays). Caller frees with
 * g_strfreev. */
char **child_environment(
                const ProcessConfig *config, const char *server_url, const char *bus_address);
