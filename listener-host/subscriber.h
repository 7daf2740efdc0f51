/* Subscriber: the connection to the daemon, and everything that hangs on it: attaching, and passing
 * its signals on to the lanes.
 *
 * Waits for nothing. When the bus or the daemon goes away, it keeps what it holds and tries again,
 * after 100 ms first and at most every 5 s. A daemon that was started anew makes it begin anew. */
#pragma once

#include <glib.h>
#include <systemd/sd-event.h>

typedef struct Subscriber Subscriber;

/* address: "system", "user" or a D-Bus address; bus_name: that of the daemon; token: proves who we
 * are, may be "". loop is borrowed. */
Subscriber *subscriber_new(
                sd_event *loop, const char *address, const char *bus_name, const char *token);
/* Reports what is left to report, as far as that can be done at once. */
Subscriber *subscriber_free(Subscriber *subscriber);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Subscriber, subscriber_free)

void subscriber_start(Subscriber *subscriber);
