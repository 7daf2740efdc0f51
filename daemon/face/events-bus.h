/* Events bus: org.busvisor1.Events on the root object; its data is the Face. */
#pragma once

#include <systemd/sd-bus.h>

extern const sd_bus_vtable events_bus_vtable[];

/* What is told of the event log on the disk is different now. */
int events_bus_emit_log_changed(sd_bus *bus);
