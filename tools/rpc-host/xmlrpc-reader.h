/* XML-RPC reader: the call that a client has sent.
 *
 * Text that is not well-formed, has a document type (and so might have entities), or is nested or
 * large beyond the bounds, is refused as a whole. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "tools/rpc-host/value.h"

/* Elements within each other, where an array is three; and elements in all. */
#define XMLRPC_MAX_DEPTH    64
#define XMLRPC_MAX_ELEMENTS 65536

#define XMLRPC_ERROR (xmlrpc_error_quark())

typedef enum XmlrpcError {
        XMLRPC_ERROR_MALFORMED,
        XMLRPC_ERROR_NIL, /* well-formed, but with a nil, which no method takes */
} XmlrpcError;

GQuark xmlrpc_error_quark(void);

/* *ret_method for g_free, *ret_params of Value for g_ptr_array_unref. Understands int, i4, i8,
 * boolean (1 is true), string or bare text, double, dateTime.iso8601, base64, array and struct;
 * UTF-8, and ISO-8859-1 where the text says that it is. */
bool xmlrpc_read_call(const char *text, size_t size, char **ret_method, GPtrArray **ret_params,
                GError **error);
