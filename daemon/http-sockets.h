/* HTTP sockets: those that are served at the moment: one for each section, else a private one in
 * the runtime folder, so that programs always find somebody at SUPERVISOR_SERVER_URL.
 *
 * Settings change in two steps: what could fail is done while everything else still runs, the rest
 * when it has been stopped. The socket of an address that stays is the same one. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "daemon/config/config.h"
#include "daemon/runtime-folder.h"

typedef struct HttpSockets HttpSockets;

/* There can be no more sections than that. */
#define HTTP_SOCKETS_MAX 63

/* folder: for the private socket; NULL = there can be none. */
HttpSockets *http_sockets_new(const RuntimeFolder *folder);
/* Closes them all and removes their files. */
HttpSockets *http_sockets_free(HttpSockets *sockets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpSockets, http_sockets_free)

size_t http_sockets_count(const HttpSockets *sockets);
/* Borrowed; the section of the private one is "". */
const HttpServerConfig *http_sockets_config(const HttpSockets *sockets, size_t index);
int http_sockets_descriptor(const HttpSockets *sockets, size_t index);
/* What children find as SUPERVISOR_SERVER_URL; NULL when nothing is served. Borrowed. */
const char *http_sockets_url(const HttpSockets *sockets);

/* Opens what these settings ask for besides, so that connections can wait there; on failure nothing
 * has changed. Errors are of HTTP_SOCKET_ERROR. */
bool http_sockets_prepare(HttpSockets *sockets, const Config *config, GError **error);
/* From now on these settings, the last ones that were prepared, are served. True when who serves
 * them has to know. */
bool http_sockets_settle(HttpSockets *sockets, const Config *config);
