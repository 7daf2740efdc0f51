/* org.busvisor1.Process on /org/busvisor1/process/G/P; its data is the Process. */
#pragma once

#include <systemd/sd-bus.h>

extern const sd_bus_vtable process_bus_vtable[];

/* userdata is the Face. */
int process_bus_find(sd_bus *bus, const char *path, const char *interface, void *userdata,
                void **ret_found, sd_bus_error *error);
int process_bus_enumerate(sd_bus *bus, const char *prefix, void *userdata, char ***ret_nodes,
                sd_bus_error *error);

/* Says that what a reload can change has changed. */
int process_bus_emit_configured(sd_bus *bus, const char *path);
