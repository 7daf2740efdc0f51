/* Process log bus: the methods of org.busvisor1.Process that are about its logs. */
#pragma once

#include <systemd/sd-bus.h>

/* Handlers, for the owner only; userdata is the Process. */
int process_log_bus_read(sd_bus_message *call, void *userdata, sd_bus_error *error);
int process_log_bus_tail(sd_bus_message *call, void *userdata, sd_bus_error *error);
int process_log_bus_open(sd_bus_message *call, void *userdata, sd_bus_error *error);
int process_log_bus_clear(sd_bus_message *call, void *userdata, sd_bus_error *error);
int process_log_bus_reopen(sd_bus_message *call, void *userdata, sd_bus_error *error);
