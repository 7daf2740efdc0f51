/* Manager find bus: what of org.busvisor1.Manager answers the object of something. */
#pragma once

#include <systemd/sd-bus.h>

/* Handlers; userdata is the Face. */
int manager_find_bus_process(sd_bus_message *call, void *userdata, sd_bus_error *error);
int manager_find_bus_group(sd_bus_message *call, void *userdata, sd_bus_error *error);
int manager_find_bus_pool(sd_bus_message *call, void *userdata, sd_bus_error *error);
int manager_find_bus_pid(sd_bus_message *call, void *userdata, sd_bus_error *error);
