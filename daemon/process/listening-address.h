/* Listening address: where a TCP socket is to be bound.
 *
 * Numbers, no host and "localhost" are known here. Any other name is looked up in a process of its
 * own, for a limited time: a name server that does not answer holds up nobody for longer. */
#pragma once

#include <sys/socket.h>

/* What callers use. */
#define LISTENING_ADDRESS_PATIENCE_MSEC 1000

/* family: AF_INET or AF_INET6; host: "" = all of this machine's. 0, or what getaddrinfo(3) would
 * say; EAI_AGAIN when the time is over. */
int listening_address_find(const char *host, const char *port, int family, int patience_msec,
                struct sockaddr_storage *ret, socklen_t *ret_size);
