/* Config info: what is told of configured processes by getAllConfigInfo. */
#pragma once

#include <systemd/sd-bus.h>

#include "tools/rpc-host/value.h"

/* Reads the replies of Manager.DescribeConfigurations and of Manager.ListLogs, which tells the
 * paths of logs that are named by the daemon, as an array of structs. Negative errno. */
int config_info_read(sd_bus_message *configurations, sd_bus_message *logs, Value **ret);
