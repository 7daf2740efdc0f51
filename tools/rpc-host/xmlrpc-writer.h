/* XML-RPC writer: what a client is answered, laid out as Python's xmlrpc.client does.
 *
 * Always well-formed: bytes that are no UTF-8, and characters that XML cannot have, become U+FFFD;
 * a carriage return becomes a reference, since parsers would make a line feed of it. */
#pragma once

#include <glib.h>

#include "tools/rpc-host/fault.h"
#include "tools/rpc-host/value.h"

/* Whole answers; for g_string_free. */
GString *xmlrpc_write_result(const Value *result);
GString *xmlrpc_write_fault(const Fault *fault);

/* An element value alone. */
void xmlrpc_write_value(GString *text, const Value *value);
