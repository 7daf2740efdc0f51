/* Access right: what a caller must be allowed to do for each method that not everybody may call.
 *
 * A method that is in no row is the owner's alone: one that is added and forgotten here stays
 * closed. */
#pragma once

#include <glib.h>
#include <systemd/sd-bus.h>

/* The action of polkit that a caller must be allowed, by interface and member of the call; members
 * of the group of operators are allowed all of them. NULL = only root and the user that the daemon
 * runs as may do it. */
const char *access_right_of(sd_bus_message *call);

/* What a rule of polkit may look at, as names and values: "process" and "group" of the object that
 * the call is for; "names" as they were given to a method for many, and "process" and "group"
 * besides where that is exactly one name. NULL when the call is too large to be kept waiting.
 * Caller owns it. */
GHashTable *access_right_details(sd_bus_message *call);
