/* Pool pages: the events of listener pools on their way to the listener-host, many in one message.
 *
 * The host asks for the events of a pool above a serial. When it has got all that there are, one
 * more page follows by itself, as a signal, as soon as there is an event that passes the pool's
 * filter: so an event that nothing was waiting for takes one message, and while many come, the next
 * page gathers them until it is asked for. */
#pragma once

#include <systemd/sd-bus.h>

#include "daemon/face/outbox.h"
#include "daemon/process/manager.h"

typedef struct PoolPages PoolPages;

/* Both are borrowed. */
PoolPages *pool_pages_new(sd_event *event, Manager *manager);
PoolPages *pool_pages_free(PoolPages *pages);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PoolPages, pool_pages_free)

/* Where signals go, borrowed; NULL = nowhere. Nobody waits any more. */
void pool_pages_set_bus(PoolPages *pages, sd_bus *bus, Outbox *outbox);
/* There may be another host: nobody waits any more. */
void pool_pages_clear(PoolPages *pages);

/* Answers the method Fetch of org.busvisor1.ListenerPool, whose sender must have been found to be
 * the listener-host. */
int pool_pages_fetch(PoolPages *pages, sd_bus_message *call, const Group *pool);
/* An event was appended to the log. */
void pool_pages_note(PoolPages *pages, const Event *event);
