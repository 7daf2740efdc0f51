/* Call order: in which the calls that have come are handled. However many somebody makes, others
 * wait for one of them at most.
 *
 * What a bus has for us is a single line, in which one caller's ten thousand calls may stand before
 * another's one. So what has come is read first, and then handled by turns: next is the caller who
 * has taken the least of our time. The calls of one caller stay in their order; replies and signals
 * wait for nobody. While what was sent before has not been written, hardly any call is handled.
 * Whose calls wait beyond a bound is answered LimitsExceeded. */
#pragma once

#include <glib.h>
#include <systemd/sd-bus.h>

typedef struct CallOrder CallOrder;

/* bus is attached to a loop, and borrowed. Negative errno. */
int call_order_new(sd_bus *bus, CallOrder **ret);
/* May be called by what handles a message. */
CallOrder *call_order_free(CallOrder *order);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CallOrder, call_order_free)
