/* EventsSince: the callers of the method of that name, on their way through the event log.
 *
 * A page is read in slices, with other work in between, so that a caller who looks for something
 * rare in a large event log holds nobody up; it is answered when it has events or there are none
 * left. */
#pragma once

#include <systemd/sd-bus.h>

#include "daemon/event/log.h"
#include "daemon/face/publisher.h"

typedef struct EventsSince EventsSince;

typedef struct PageRequest {
        uint64_t after;
        EventTypeSet types;
        uint32_t max; /* events; 0 = as many as fit */
} PageRequest;

/* All borrowed. */
EventsSince *events_since_new(sd_event *event, EventLog *log, Publisher *publisher);
EventsSince *events_since_free(EventsSince *since);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EventsSince, events_since_free)

/* The bus is gone, and with it all callers. */
void events_since_clear(EventsSince *since);
/* Answers the call, now or later; as a handler of sd-bus does. */
int events_since_answer(EventsSince *since, sd_bus_message *call, const PageRequest *request,
                sd_bus_error *error);
