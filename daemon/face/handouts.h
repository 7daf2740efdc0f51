/* Handouts: descriptors that clients of a bus were given, and may not have taken yet.
 *
 * A bus keeps the descriptors of who does not read, has room for few of them (64 for one sender
 * unless it is told otherwise), and stops reading from the sender when they are too many. So none
 * of its clients may have many under way. Who answers a Ping has read all that came before it. */
#pragma once

#include <glib.h>
#include <systemd/sd-bus.h>

/* Under way to one client. */
#define HANDOUTS_MAX 48

typedef struct Handouts Handouts;

/* bus is borrowed. */
Handouts *handouts_new(sd_bus *bus);
Handouts *handouts_free(Handouts *handouts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Handouts, handouts_free)

/* May the caller be given one more? LimitsExceeded when not. */
int handouts_check(Handouts *handouts, sd_bus_message *call, sd_bus_error *error);
/* The caller was given one. */
void handouts_note(Handouts *handouts, sd_bus_message *call);
