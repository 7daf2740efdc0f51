/* Name watch: tells when a connection to the bus ends.
 *
 * sd_bus_track would do the same, but asks the bus whether the name exists and waits for the
 * answer. */
#pragma once

#include <systemd/sd-bus.h>

/* name is a unique one. on_gone gets the bus's NameOwnerChanged; freeing *ret ends the watch. */
int name_watch_new(sd_bus *bus, const char *name, sd_bus_message_handler_t on_gone, void *userdata,
                sd_bus_slot **ret);
