/* Pump: sees to it that what a bus connection has read ahead is handled, one message in each round
 * of the loop, however busy the loop is; and that nothing is read while many answers wait to be
 * sent, so that they do not pile up. */
#pragma once

#include <glib.h>
#include <systemd/sd-bus.h>

typedef struct Pump Pump;

/* bus is attached to the loop, and borrowed. Negative errno. */
int pump_new(sd_bus *bus, Pump **ret);
/* May be called by what handles a message. */
Pump *pump_free(Pump *pump);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pump, pump_free)
