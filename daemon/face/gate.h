/* Gate: refuses calls whose answer would be larger than what a bus takes, before anybody handles
 * them: dbus-daemon disconnects who sends such a message, and that would be us. */
#pragma once

#include <systemd/sd-bus.h>

#include "daemon/process/manager.h"

typedef struct Gate Gate;

/* bus and manager are borrowed. Negative errno. */
int gate_new(sd_bus *bus, const Manager *manager, Gate **ret);
Gate *gate_free(Gate *gate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Gate, gate_free)
