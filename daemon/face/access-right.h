/* Access right: what a caller must be allowed to do for each method that not everybody may call.
 *
 * A method that is in no row is the owner's alone: one that is added and forgotten here stays
 * closed. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-bus.h>

typedef struct AccessRight {
        const char *polkit_action; /* NULL = only root and the user that the daemon runs as */
        bool group_may;            /* members of the group of operators may do it too */
} AccessRight;

/* By interface and member of the call. Never NULL. */
const AccessRight *access_right_of(sd_bus_message *call);

/* What a rule of polkit may look at, as names and values: "process" and "group" of the object that
 * the call is for; "names" as they were given to a method for many, and "process" and "group"
 * besides where that is exactly one name. NULL when the call is too large to be kept waiting.
 * Caller owns it. */
GHashTable *access_right_details(sd_bus_message *call);
