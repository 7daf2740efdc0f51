/* Stall: notices that a bus does not take what is sent to it any more, signals and answers alike.
 *
 * A bus that holds too much for somebody who does not read stops reading from the sender, us, and
 * nobody would be answered any more. As long as something is under way it is looked at in
 * intervals: where nothing has moved for STALL_INTERVALS of them, and a call to the bus itself has
 * not been answered for as long, the connection has stalled. */
#pragma once

#include <glib.h>
#include <systemd/sd-bus.h>

#define STALL_INTERVALS 5

typedef struct Stall Stall;

/* bus is attached to a loop, and borrowed. on_stalled is called from the loop, and may free the
 * Stall. Negative errno. */
int stall_new(sd_bus *bus, uint64_t interval_usec, void (*on_stalled)(void *userdata),
                void *userdata, Stall **ret);
Stall *stall_free(Stall *stall);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Stall, stall_free)
