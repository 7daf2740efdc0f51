/* Process bus: org.busvisor1.Process on /org/busvisor1/process/G/P; its data is the Process. */
#pragma once

#include <systemd/sd-bus.h>

#include "daemon/face/access.h"
#include "daemon/face/face.h"

extern const sd_bus_vtable process_bus_vtable[];

/* userdata is the Face. */
int process_bus_find(sd_bus *bus, const char *path, const char *interface, void *userdata,
                void **ret_found, sd_bus_error *error);
int process_bus_enumerate(sd_bus *bus, const char *prefix, void *userdata, char ***ret_nodes,
                sd_bus_error *error);

/* For handlers. Carries out a call on a process when its sender is the owner; granted gets the
 * Face.
 */
int process_bus_require_owner(sd_bus_message *call, const char *action, AccessGranted granted,
                sd_bus_error *error);
/* The process that a granted call is for. It goes by the path again, since it may be granted later
 * than the look-up that led to its handler; UnknownObject when there is none any more. */
int process_bus_find_called(
                sd_bus_message *call, const Face *face, Process **ret, sd_bus_error *error);

/* Says that what changes by itself has changed. */
int process_bus_emit_changed(sd_bus *bus, const char *path);
