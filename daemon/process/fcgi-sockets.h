/* FCGI sockets: those that are open at the moment, one for each fcgi-program.
 *
 * A socket is made when it is asked for, and shared from then on. It is closed when no process that
 * has it runs or will start again by itself; not at once but from the loop, so that it stays open
 * over a stop that a start follows at once. Connections that come in between wait. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-event.h>

#include "daemon/config/config.h"

typedef struct FcgiSockets FcgiSockets;

/* groups: of Group, whose processes may need sockets; both borrowed. */
FcgiSockets *fcgi_sockets_new(sd_event *event, const GPtrArray *groups);
FcgiSockets *fcgi_sockets_free(FcgiSockets *sockets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FcgiSockets, fcgi_sockets_free)

/* The socket, made unless it is open already. *ret is borrowed. */
bool fcgi_sockets_open(FcgiSockets *sockets, const SocketConfig *config, int *ret, GError **error);
/* A process has changed or gone: perhaps a socket is not needed any more. */
void fcgi_sockets_poke(FcgiSockets *sockets);
/* Everything is stopped to be started again: until this is taken back nothing is closed. */
void fcgi_sockets_hold(FcgiSockets *sockets, bool hold);
