/* Connection: a connection to a message bus, opened without waiting for anything. */
#pragma once

#include <systemd/sd-bus.h>

/* Opens "system", "user" or a D-Bus address ("unix:path=/run/x"), attaches to no loop. The
 * handshake goes on in the background; sd-bus says on_connected (may be NULL) when it is through,
 * and a failure ends the connection as a broken one does. name is for debugging only. -ENOENT,
 * -ECONNREFUSED and other errors of connect(2); what is no address at all gives one of them or
 * -EINVAL. */
int connection_open(const char *address, const char *name, sd_bus_message_handler_t on_connected,
                void *userdata, sd_bus **ret);

/* The address that a child or a person can use for the same bus: the argument itself, or for
 * "system" and "user" what it stands for. Caller frees with g_free; NULL when there is none (no
 * session bus). */
char *connection_address(const char *address);

/* "unix:path=…" for a socket, escaped as D-Bus addresses want it. Caller frees with g_free. */
char *connection_address_of_socket(const char *path);
