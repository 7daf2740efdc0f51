/* Reload bus: what of org.busvisor1.Manager is about the configuration file, for callers that may.
 */
#pragma once

#include <glib.h>
#include <systemd/sd-bus.h>

/* Handlers of granted calls; userdata is the Face. */
int reload_bus_plan(sd_bus_message *call, void *userdata, sd_bus_error *error);
int reload_bus_apply(sd_bus_message *call, void *userdata, sd_bus_error *error);
int reload_bus_add_group(sd_bus_message *call, void *userdata, sd_bus_error *error);
int reload_bus_remove_group(sd_bus_message *call, void *userdata, sd_bus_error *error);
int reload_bus_restart(sd_bus_message *call, void *userdata, sd_bus_error *error);

/* A failure of reload.h as an error of the bus. */
int reload_bus_fail(const GError *failure, sd_bus_error *error);
