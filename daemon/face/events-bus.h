/* org.busvisor1.Events on the root object; its data is the Face. */
#pragma once

#include <systemd/sd-bus.h>

extern const sd_bus_vtable events_bus_vtable[];
