/* Log level bus: org.busvisor1.Manager.LogLevel, which can be set. */
#pragma once

#include <systemd/sd-bus.h>

/* For the vtable; userdata is the Face. */
int log_level_bus_get(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *userdata, sd_bus_error *error);
/* Never gets to hear of a call that log_level_bus_filter() takes; refuses. */
int log_level_bus_set(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *value, void *userdata, sd_bus_error *error);

/* For calls to the root object: carries out those that set this property, and leaves all others to
 * the vtables. */
int log_level_bus_filter(sd_bus_message *call, void *userdata, sd_bus_error *error);
