/* Event range: a stretch of the event log between two serials, read from either end.
 *
 * Memory is bounded, however long the stretch is. What has left the log meanwhile is told on
 * stderr. All calls wait for the daemon; false comes with an error of the FAILURE domain. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "tools/ctl/client.h"
#include "tools/ctl/event-query.h"

typedef struct EventRange {
        Client *client;           /* borrowed */
        const EventQuery *query;  /* borrowed; what it does not let pass is left out */
        const char *const *types; /* borrowed; what is asked of the daemon */
        uint64_t after, last;     /* the serial before the first one, and the last one */
        uint64_t oldest;          /* of what the log had at the beginning */
} EventRange;

/* Told of an event; false = no more. */
typedef bool (*EventVisitor)(const Event *event, void *userdata);

/* What the query asks for, of what there is now. */
bool event_range_init(EventRange *range, Client *client, const EventQuery *query, GError **error);

/* Shortens it to the last events that pass, at most this many. */
bool event_range_keep_last(EventRange *range, uint64_t count, GError **error);

bool event_range_walk(
                const EventRange *range, EventVisitor visitor, void *userdata, GError **error);
/* The last one first. */
bool event_range_walk_back(
                const EventRange *range, EventVisitor visitor, void *userdata, GError **error);
