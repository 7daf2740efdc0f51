/* Shutdown: the end of everything the manager has, from the first request until nothing runs any
 * more.
 *
 * Follows a StopOrder; says every three seconds what it waits for; gives the listener pools two
 * seconds in all for the events that they have not answered yet. */
#pragma once

#include <glib.h>
#include <systemd/sd-event.h>

#include "daemon/event/cursor.h"
#include "daemon/process/stop-order.h"

typedef struct Shutdown Shutdown;

/* All borrowed. */
typedef struct ShutdownSetup {
        sd_event *event;
        const GPtrArray *groups; /* of Group, in start order */
        const EventLog *events;
        const Cursors *cursors;
        void (*on_stopped)(void *userdata); /* from the loop, once */
        void *userdata;
} ShutdownSetup;

Shutdown *shutdown_new(const ShutdownSetup *setup);
Shutdown *shutdown_free(Shutdown *shutdown);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Shutdown, shutdown_free)

/* A process has changed, or a pool has come further. */
void shutdown_poke(Shutdown *shutdown);
/* Somebody is in a hurry: kills what is being stopped, and waits for no pool. */
void shutdown_hasten(Shutdown *shutdown);
