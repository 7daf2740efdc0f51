/* Audience: whether there is anybody on the bus who could hear a signal.
 *
 * Where the daemon is alone on its bus, as in many a container, signals would cost the bus and the
 * daemon more than all else that a change of state takes, and wake the bus for each tick. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-bus.h>

typedef struct Audience Audience;

/* The bus is borrowed. Without a bus that counts its connections for us, there is always somebody.
 */
Audience *audience_new(sd_bus *bus);
Audience *audience_free(Audience *audience);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Audience, audience_free)

/* Only true when a signal sent now would reach nobody but so many others. */
bool audience_has_at_most(const Audience *audience, unsigned n_others);
