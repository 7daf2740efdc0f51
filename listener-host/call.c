/* sd_bus_call_method_async would do, but for the activation: asking for a daemon that is just gone
 * would start another one. */

#include "listener-host/call.h"

#include <stdbool.h>

#include "bus/cleanup.h"

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

int call_send(const Peer *peer, sd_bus_message *call, CallAnswered answered, void *userdata,
                QueuedCall **ret)
{
        return call_queue_send(peer->calls, call, CALL_QUICK, answered, userdata, ret);
}

int call_tell(const Peer *peer, sd_bus_message *call)
{
        int r = sd_bus_message_set_expect_reply(call, false);

        return r < 0 ? r : sd_bus_send(peer->bus, call, NULL);
}
