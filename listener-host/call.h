/* Call: a method call to the daemon, sent without waiting for the answer.
 *
 * Every such call goes to one peer; it never starts the daemon by activation. */
#pragma once

#include <systemd/sd-bus.h>

/* Where the daemon is: both borrowed; bus is NULL while there is no daemon to talk to. */
typedef struct Peer {
        sd_bus *bus;
        const char *name;
} Peer;

/* A message to be filled with arguments. Negative errno of sd-bus. */
int call_new(const Peer *peer, const char *path, const char *interface, const char *member,
                sd_bus_message **ret);

/* Sends it. The callback gets the answer or an error, also when the connection ends; never after
 * *ret_slot is given back. */
int call_send(const Peer *peer, sd_bus_message *call, sd_bus_message_handler_t callback,
                void *userdata, sd_bus_slot **ret_slot);
