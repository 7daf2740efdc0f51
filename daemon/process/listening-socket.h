/* Listening socket: how the daemon binds the sockets that it hands to others, which are bound but
 * do not listen yet.
 *
 * Owner and mode of a UNIX socket are in place before anybody can connect. One that is there
 * already is taken away when nobody listens on it; what is no socket stays. All return negative
 * errno; -EADDRINUSE when somebody listens there. */
#pragma once

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>

/* Who may connect to a UNIX socket. */
typedef struct SocketRights {
        uid_t uid; /* -1 = unchanged */
        gid_t gid;
        int mode; /* -1 = unchanged: nobody */
} SocketRights;

/* fd: a socket of AF_UNIX. */
int listening_socket_bind_unix(int fd, const char *path, const SocketRights *rights);
/* Changes the rights of a socket that has been bound. */
int listening_socket_give_away(const char *path, const SocketRights *rights);
/* fd: a socket of the family of the address. */
int listening_socket_bind_tcp(int fd, const struct sockaddr_storage *address, socklen_t size);
