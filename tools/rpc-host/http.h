/* HTTP: the server: connections in, whole requests to their routes, answers out.
 *
 * libmicrohttpd on the loop; nothing in it waits. All is bounded: connections, headers, bodies,
 * answers, and the time for each of them (http-connection, request, acceptor). */
#pragma once

#include <stdint.h>

#include <glib.h>
#include <systemd/sd-event.h>

#include "tools/rpc-host/routes.h"
#include "tools/rpc-host/timeouts.h"

typedef struct Http Http;

/* No connection has been open for idle_usec (0 = never said), or http_drain has come to its end. */
typedef void (*HttpDone)(void *userdata);

/* NULL when libmicrohttpd refuses, which has been logged then. context and timeouts are borrowed.
 */
Http *http_new(sd_event *loop, const RouteContext *context, const Timeouts *timeouts,
                uint64_t idle_usec, HttpDone done, void *userdata);
Http *http_free(Http *http);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Http, http_free)

/* Takes over a socket that listens, of the server of that number. */
int http_add_socket(Http *http, int fd, unsigned server);
/* Before that everybody waits. */
void http_start(Http *http);
/* Of Server, in the order of their numbers. Until it is called every request is answered with 503.
 */
void http_set_servers(Http *http, GPtrArray *servers);

/* Takes no more connections and requests, ends what follows something, answers what has been asked
 * within five seconds, then says that it is done. */
void http_drain(Http *http);
