/* sd_bus_call_method_async would do, but for the activation: asking for a daemon that is just gone
 * would start another one. */

#include "listener-host/call.h"

#include <stdbool.h>

#include "bus/cleanup.h"

/* Long enough for a daemon that is busy with a thousand starts. */
#define TIMEOUT_USEC (25 * UINT64_C(1000000))

int call_new(const Peer *peer, const char *path, const char *interface, const char *member,
                sd_bus_message **ret)
{
        g_autoptr(sd_bus_message) call = NULL;
        int r;

        r = sd_bus_message_new_method_call(peer->bus, &call, peer->name, path, interface, member);
        if (r < 0)
                return r;
        r = sd_bus_message_set_auto_start(call, false);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&call);
        return 0;
}

int call_send(const Peer *peer, sd_bus_message *call, sd_bus_message_handler_t callback,
                void *userdata, sd_bus_slot **ret_slot)
{
        return sd_bus_call_async(peer->bus, ret_slot, call, callback, userdata, TIMEOUT_USEC);
}
