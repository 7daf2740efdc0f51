/* Methods: every method of the classic XML-RPC, as calls on the bus.
 *
 * Names, types, results and faults are those of Supervisor. Nothing waits: a method answers when
 * the daemon has, and others go on meanwhile. */
#pragma once

#include <glib.h>
#include <systemd/sd-bus.h>

#include "bus/call-queue.h"
#include "tools/rpc-host/fault.h"
#include "tools/rpc-host/value.h"

typedef struct Methods Methods;
typedef struct MethodCall MethodCall;

/* calls is borrowed. */
Methods *methods_new(CallQueue *calls);
/* Whoever waits for an answer gets none; calls has no bus any more. */
Methods *methods_free(Methods *methods);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Methods, methods_free)

/* The connection on which the daemon owns bus_name, and that of calls; NULL: it is lost, for both.
 */
void methods_set_bus(Methods *methods, sd_bus *bus, const char *bus_name, const char *identifier);

/* Exactly one of result and fault is there, and handed over. */
typedef void (*MethodAnswered)(Value *result, Fault *fault, void *userdata);

/* Takes over params, of Value. Answers once, perhaps before this returns, and then NULL is
 * returned; the call belongs to the Methods and is gone when it has answered. */
MethodCall *methods_call(Methods *methods, const char *name, GPtrArray *params,
                MethodAnswered answered, void *userdata);
/* Nobody waits any more: no answer comes. What was asked of the daemon goes on. */
void method_call_cancel(MethodCall *call);
