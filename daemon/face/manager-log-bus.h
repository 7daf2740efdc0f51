/* Manager log bus: the methods of org.busvisor1.Manager that are about logs, of the daemon itself
 * and of many processes at once. */
#pragma once

#include <systemd/sd-bus.h>

/* Handlers, for the owner only; userdata is the Face. */
int manager_log_bus_read(sd_bus_message *call, void *userdata, sd_bus_error *error);
int manager_log_bus_tail(sd_bus_message *call, void *userdata, sd_bus_error *error);
int manager_log_bus_open(sd_bus_message *call, void *userdata, sd_bus_error *error);
int manager_log_bus_clear(sd_bus_message *call, void *userdata, sd_bus_error *error);
int manager_log_bus_reopen_all(sd_bus_message *call, void *userdata, sd_bus_error *error);
int manager_log_bus_clear_many(sd_bus_message *call, void *userdata, sd_bus_error *error);
