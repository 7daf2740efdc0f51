/* Pool bus: org.busvisor1.ListenerPool on /org/busvisor1/pool/L; its data is the Group of the
 * eventlistener.
 */
#pragma once

#include <systemd/sd-bus.h>

#include "daemon/face/face.h"

extern const sd_bus_vtable pool_bus_vtable[];

/* userdata is the Face. */
int pool_bus_find(sd_bus *bus, const char *path, const char *interface, void *userdata,
                void **ret_found, sd_bus_error *error);
int pool_bus_enumerate(sd_bus *bus, const char *prefix, void *userdata, char ***ret_nodes,
                sd_bus_error *error);

/* 0 when the call comes from the listener-host that was told of this pool; an error otherwise. */
int pool_bus_check_host(
                sd_bus_message *call, const Face *face, const Group *pool, sd_bus_error *error);

/* The signals ListenerStarted, ListenerChanged and ListenerEnded. */
int pool_bus_emit_started(sd_bus *bus, const Process *listener);
int pool_bus_emit_changed(sd_bus *bus, const Process *listener);
int pool_bus_emit_ended(sd_bus *bus, const Process *listener, pid_t pid, uint64_t generation);
