/* Manager bus: org.busvisor1.Manager on the root object; its data is the Face. */
#pragma once

#include <systemd/sd-bus.h>

extern const sd_bus_vtable manager_bus_vtable[];
