/* HTTP socket: the listening socket of one [unix_http_server] or [inet_http_server] section. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "daemon/config/config.h"

typedef struct HttpSocket HttpSocket;

#define HTTP_SOCKET_ERROR (http_socket_error_quark())

typedef enum HttpSocketError {
        HTTP_SOCKET_ERROR_IN_USE,
        HTTP_SOCKET_ERROR_FAILED,
} HttpSocketError;

GQuark http_socket_error_quark(void);

/* Binds and listens. Errors are in Supervisor's words. The name of a TCP address is looked up, for
 * a limited time: see listening_address_find(). */
bool http_socket_new(const HttpServerConfig *config, HttpSocket **ret, GError **error);
/* The file of a UNIX socket goes with it, if it is still that one. */
HttpSocket *http_socket_free(HttpSocket *socket);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpSocket, http_socket_free)

/* The settings that it serves. */
const HttpServerConfig *http_socket_config(const HttpSocket *socket);
/* Borrowed. */
int http_socket_descriptor(const HttpSocket *socket);
/* It is bound to the address that this section names, and can be found there. */
bool http_socket_is_at(const HttpSocket *socket, const HttpServerConfig *config);

/* Both sections name the same address. */
bool http_socket_same_address(const HttpServerConfig *a, const HttpServerConfig *b);
/* False, and the error that another one listens there. */
bool http_socket_fail_in_use(const HttpServerConfig *config, GError **error);

/* Takes over the settings of another section at the same address. *ret_changed: who serves it has
 * to know. False where owner and mode could not be had; the rest is as that section says all the
 * same. */
bool http_socket_adjust(HttpSocket *socket, const HttpServerConfig *config, bool *ret_changed,
                GError **error);
