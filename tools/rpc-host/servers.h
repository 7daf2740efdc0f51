/* Servers: what the daemon says about each of the HTTP sockets that it has given us. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include <glib.h>
#include <systemd/sd-bus.h>

typedef struct Server {
        char *section;             /* "" = the private socket of the instance */
        char *username, *password; /* username "" = no password is wanted */
        GArray *uids;              /* of uid_t; whose connections are served; none = everybody's */
} Server;

/* Of Server, for g_ptr_array_unref, from the rest of an answer of AttachRpcHost. */
int servers_read(sd_bus_message *reply, GPtrArray **ret);

/* Would the server serve who is at the other end of this connection? Where user ids are given,
 * only those whom the kernel vouches for: nobody over TCP. */
bool server_admits_peer(const Server *server, int fd);

bool server_wants_password(const Server *server);
