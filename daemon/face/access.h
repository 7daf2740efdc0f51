/* Access: may this caller do that?
 *
 * On the user's own bus and on the private bus everybody who gets in is the owner. Elsewhere the
 * caller's uid must be root's or the daemon's, which is asked of the bus without waiting for the
 * answer. */
#pragma once

#include <stdbool.h>

#include <systemd/sd-bus.h>

/* Carries out a call; as a handler of sd-bus: negative errno or *error makes an error reply. */
typedef int (*AccessGranted)(sd_bus_message *call, void *userdata, sd_bus_error *error);

/* Calls granted when the caller may do it, at once or later (then an error is replied here);
 * replies with AccessDenied, naming the action, when not. trusted: everybody on this bus is the
 * owner. userdata must live as long as the bus connection. */
int access_require_owner(sd_bus_message *call, bool trusted, const char *action,
                AccessGranted granted, void *userdata, sd_bus_error *error);
