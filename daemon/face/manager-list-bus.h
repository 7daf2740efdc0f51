/* Manager list bus: what of org.busvisor1.Manager tells something of all processes, groups
 * or pools in one answer.
 */
#pragma once

#include <systemd/sd-bus.h>

/* Handlers; userdata is the Face. */
int manager_list_bus_processes(sd_bus_message *call, void *userdata, sd_bus_error *error);
int manager_list_bus_usage(sd_bus_message *call, void *userdata, sd_bus_error *error);
int manager_list_bus_logs(sd_bus_message *call, void *userdata, sd_bus_error *error);
int manager_list_bus_groups(sd_bus_message *call, void *userdata, sd_bus_error *error);
int manager_list_bus_pools(sd_bus_message *call, void *userdata, sd_bus_error *error);
