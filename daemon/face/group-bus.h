/* Group bus: org.busvisor1.Group on /org/busvisor1/group/G; its data is the Group. */
#pragma once

#include <systemd/sd-bus.h>

extern const sd_bus_vtable group_bus_vtable[];

/* userdata is the Face. */
int group_bus_find(sd_bus *bus, const char *path, const char *interface, void *userdata,
                void **ret_found, sd_bus_error *error);
int group_bus_enumerate(sd_bus *bus, const char *prefix, void *userdata, char ***ret_nodes,
                sd_bus_error *error);

/* Says that what a reload can change has changed. */
int group_bus_emit_configured(sd_bus *bus, const char *path);
