/* Called for each event and each pool, so what most filters have alone, the types, comes first. */

#include "bus/event-filter.h"

#include <fnmatch.h>
#include <string.h>

const char *const event_expected_names[_EVENT_EXPECTED_MAX + 1] = {
        [EVENT_EXPECTED_ANY] = "any",
        [EVENT_EXPECTED_TRUE] = "true",
        [EVENT_EXPECTED_FALSE] = "false",
};

static bool matches(const char *pattern, const char *name)
{
        return fnmatch(pattern, name, FNM_NOESCAPE) == 0;
}

static bool group_passes(char **patterns, const Event *event)
{
        if (!patterns || !patterns[0] || !event->group)
                return true;
        for (char **pattern = patterns; *pattern; pattern++)
                if (matches(*pattern, event->group))
                        return true;
        return false;
}

static bool process_passes(char **patterns, const Event *event)
{
        g_autofree char *full_name = NULL;

        if (!patterns || !patterns[0] || !event->process)
                return true;
        full_name = g_strconcat(event->group, ":", event->process, NULL);
        for (char **pattern = patterns; *pattern; pattern++)
                if (matches(*pattern, strchr(*pattern, ':') ? full_name : event->process))
                        return true;
        return false;
}

static bool exit_passes(EventExpected wanted, const Event *event)
{
        if (wanted == EVENT_EXPECTED_ANY || event->type != EVENT_PROCESS_STATE_EXITED)
                return true;
        return event->expected == (wanted == EVENT_EXPECTED_TRUE);
}

bool event_filter_passes(const EventFilter *filter, const Event *event)
{
        return (filter->types & event_type_bit(event->type)) &&
               exit_passes(filter->expected, event) && group_passes(filter->groups, event) &&
               process_passes(filter->processes, event);
}

static bool are_same(char **a, char **b)
{
        const char *const none[] = { NULL };

        return g_strv_equal(a ? (const char *const *)a : none, b ? (const char *const *)b : none);
}

bool event_filter_equal(const EventFilter *a, const EventFilter *b)
{
        return a->types == b->types && a->expected == b->expected &&
               are_same(a->processes, b->processes) && are_same(a->groups, b->groups);
}

void event_filter_clear(EventFilter *filter)
{
        g_strfreev(filter->processes);
        g_strfreev(filter->groups);
        *filter = (EventFilter){ 0 };
}

void event_filter_copy(EventFilter *to, const EventFilter *from)
{
        *to = (EventFilter){
                .types = from->types,
                .processes = g_strdupv(from->processes),
                .groups = g_strdupv(from->groups),
                .expected = from->expected,
        };
}
