/* Manager option bus: those properties of org.busvisor1.Manager and org.busvisor1.Events that are
 * options of [supervisord], as they are for this run of the daemon. */
#pragma once

#include <systemd/sd-bus.h>

/* Getter of all of them; userdata is the Face. */
int manager_option_bus_get(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error);
