/* Event filter: which events somebody wants: by type, and of those that concern a process or group
 * by its name, and of exits by whether they were expected.
 *
 * Each part narrows: an event passes that passes all of them. What a part cannot judge passes it: a
 * tick has no process. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "bus/event.h"

typedef enum EventExpected {
        EVENT_EXPECTED_ANY,
        EVENT_EXPECTED_TRUE,  /* of PROCESS_STATE_EXITED those whose code was among the exitcodes */
        EVENT_EXPECTED_FALSE, /* only the others */
        _EVENT_EXPECTED_MAX,
} EventExpected;

/* Patterns are those of fnmatch(3): "*", "?" and "[a-z]". Lists end with NULL; an empty one, or
 * NULL, lets everything pass. */
typedef struct EventFilter {
        EventTypeSet types;
        char **processes; /* matched with PROCESS, or with GROUP:PROCESS where there is a colon */
        char **groups;
        EventExpected expected;
} EventFilter;

/* "any", "true", "false"; NULL at the end. */
extern const char *const event_expected_names[_EVENT_EXPECTED_MAX + 1];

bool event_filter_passes(const EventFilter *filter, const Event *event);
/* Made of the same parts, in the same order; such filters let the same events pass. */
bool event_filter_equal(const EventFilter *a, const EventFilter *b);
/* Frees the lists, and makes the filter one that nothing passes. */
void event_filter_clear(EventFilter *filter);
void event_filter_copy(EventFilter *to, const EventFilter *from);
