/* Event query: which events are asked for on the command line. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "bus/event-filter.h"
#include "tools/ctl/arguments.h"

/* Where a stretch of the log begins or ends. */
typedef struct EventBound {
        enum { EVENT_BOUND_NONE, EVENT_BOUND_SERIAL, EVENT_BOUND_TIME } kind;
        uint64_t value; /* a serial, or microseconds of CLOCK_REALTIME; both included */
} EventBound;

#define EVENT_QUERY_ALL UINT64_MAX

typedef struct EventQuery {
        char **types;       /* as the daemon knows them; none = all that may be seen */
        EventFilter filter; /* with all types, where none is named */
        EventBound since, until;
        uint64_t lines; /* at most so many, the last ones; EVENT_QUERY_ALL = all */
        bool follow, reverse;
} EventQuery;

/* Without since and lines, following begins with as many lines as other programs that follow. now
 * is CLOCK_REALTIME. False with an error of the FAILURE domain. */
bool event_query_init(
                EventQuery *query, const EventOptions *options, uint64_t now_usec, GError **error);
void event_query_clear(EventQuery *query);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EventQuery, event_query_clear)

/* An event passes that the filter lets pass and that, where processes or groups are asked for,
 * concerns one. */
bool event_query_passes(const EventQuery *query, const Event *event);

/* Words are names of event types or lists of them with commas, in any case: in upper case, each one
 * by itself. NULL with an error of the FAILURE domain that names the nearest type. */
char **event_query_read_types(char *const *words, GError **error);
