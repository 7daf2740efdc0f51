/* Configuration bus: what of org.busvisor1.Manager tells of the configuration file as it is now,
 * for callers that may. Nothing is changed by it. */
#pragma once

#include <systemd/sd-bus.h>

/* Handlers of granted calls; userdata is the Face. */
int configuration_bus_list(sd_bus_message *call, void *userdata, sd_bus_error *error);
int configuration_bus_describe(sd_bus_message *call, void *userdata, sd_bus_error *error);
