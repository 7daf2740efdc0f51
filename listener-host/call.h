/* Call: a method call to the daemon, sent without waiting for the answer.
 *
 * Every such call goes to one peer; it never starts the daemon by activation. However many pools
 * there are, only so many calls are under way at a time, and the pools take turns (call-queue). */
#pragma once

#include <systemd/sd-bus.h>

#include "bus/call-queue.h"

/* Where the daemon is: all borrowed; bus is NULL while there is no daemon to talk to. */
typedef struct Peer {
        sd_bus *bus;
        const char *name;
        CallQueue *calls; /* on that bus */
} Peer;

/* A message to be filled with arguments. Negative errno of sd-bus. */
int call_new(const Peer *peer, const char *path, const char *interface, const char *member,
                sd_bus_message **ret);

/* Sends it, when its turn comes. The answer or an error comes, also when the connection ends; never
 * after *ret was given up. */
int call_send(const Peer *peer, sd_bus_message *call, CallAnswered answered, void *userdata,
                QueuedCall **ret);
/* Sends it at once, and no answer comes. */
int call_tell(const Peer *peer, sd_bus_message *call);
