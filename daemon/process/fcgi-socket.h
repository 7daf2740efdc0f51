/* FCGI socket: the listening socket of one fcgi-program, which all its processes get as stdin. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "daemon/config/config.h"

typedef struct FcgiSocket FcgiSocket;

/* Owner and mode are in place before anybody can connect. A UNIX socket that is there already is
 * taken away when nobody listens on it. The error is fit for spawn_error. The name of a TCP address
 * is looked up, and all waits for it. */
bool fcgi_socket_new(const SocketConfig *config, FcgiSocket **ret, GError **error);
/* A UNIX socket stays in its folder, as under Supervisor. */
FcgiSocket *fcgi_socket_free(FcgiSocket *socket);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FcgiSocket, fcgi_socket_free)

/* What it was made with. */
const SocketConfig *fcgi_socket_config(const FcgiSocket *socket);
/* Borrowed. */
int fcgi_socket_descriptor(const FcgiSocket *socket);
/* Takes over backlog, owner and mode of another configuration of the same program and URL. */
bool fcgi_socket_adjust(FcgiSocket *socket, const SocketConfig *config, GError **error);
