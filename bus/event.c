/* The type table holds the name and the parent of each type; everything that has to do with the
 * hierarchy is worked out from the parents, so a type can be added in one row. */

#include "bus/event.h"

#include <string.h>

#include "bus/nearest-word.h"

typedef struct TypeInfo {
        const char *name;
        EventType parent; /* EVENT_ANY is its own */
        bool abstract;
} TypeInfo;

static const TypeInfo types[_EVENT_TYPE_MAX] = {
        [EVENT_ANY] = { "EVENT", EVENT_ANY, true },
        [EVENT_PROCESS_STATE] = { "PROCESS_STATE", EVENT_ANY, true },
        [EVENT_PROCESS_STATE_STARTING] = { "PROCESS_STATE_STARTING", EVENT_PROCESS_STATE },
        [EVENT_PROCESS_STATE_RUNNING] = { "PROCESS_STATE_RUNNING", EVENT_PROCESS_STATE },
        [EVENT_PROCESS_STATE_BACKOFF] = { "PROCESS_STATE_BACKOFF", EVENT_PROCESS_STATE },
        [EVENT_PROCESS_STATE_STOPPING] = { "PROCESS_STATE_STOPPING", EVENT_PROCESS_STATE },
        [EVENT_PROCESS_STATE_STOPPED] = { "PROCESS_STATE_STOPPED", EVENT_PROCESS_STATE },
        [EVENT_PROCESS_STATE_EXITED] = { "PROCESS_STATE_EXITED", EVENT_PROCESS_STATE },
        [EVENT_PROCESS_STATE_FATAL] = { "PROCESS_STATE_FATAL", EVENT_PROCESS_STATE },
        [EVENT_PROCESS_STATE_UNKNOWN] = { "PROCESS_STATE_UNKNOWN", EVENT_PROCESS_STATE },
        [EVENT_PROCESS_COMMUNICATION] = { "PROCESS_COMMUNICATION", EVENT_ANY, true },
        [EVENT_PROCESS_COMMUNICATION_STDOUT] = { "PROCESS_COMMUNICATION_STDOUT",
                        EVENT_PROCESS_COMMUNICATION },
        [EVENT_PROCESS_COMMUNICATION_STDERR] = { "PROCESS_COMMUNICATION_STDERR",
                        EVENT_PROCESS_COMMUNICATION },
        [EVENT_PROCESS_LOG] = { "PROCESS_LOG", EVENT_ANY, true },
        [EVENT_PROCESS_LOG_STDOUT] = { "PROCESS_LOG_STDOUT", EVENT_PROCESS_LOG },
        [EVENT_PROCESS_LOG_STDERR] = { "PROCESS_LOG_STDERR", EVENT_PROCESS_LOG },
        [EVENT_REMOTE_COMMUNICATION] = { "REMOTE_COMMUNICATION", EVENT_ANY },
        [EVENT_SUPERVISOR_STATE_CHANGE] = { "SUPERVISOR_STATE_CHANGE", EVENT_ANY, true },
        [EVENT_SUPERVISOR_STATE_CHANGE_RUNNING] = { "SUPERVISOR_STATE_CHANGE_RUNNING",
                        EVENT_SUPERVISOR_STATE_CHANGE },
        [EVENT_SUPERVISOR_STATE_CHANGE_STOPPING] = { "SUPERVISOR_STATE_CHANGE_STOPPING",
                        EVENT_SUPERVISOR_STATE_CHANGE },
        [EVENT_TICK] = { "TICK", EVENT_ANY, true },
        [EVENT_TICK_5] = { "TICK_5", EVENT_TICK },
        [EVENT_TICK_60] = { "TICK_60", EVENT_TICK },
        [EVENT_TICK_3600] = { "TICK_3600", EVENT_TICK },
        [EVENT_PROCESS_GROUP] = { "PROCESS_GROUP", EVENT_ANY, true },
        [EVENT_PROCESS_GROUP_ADDED] = { "PROCESS_GROUP_ADDED", EVENT_PROCESS_GROUP },
        [EVENT_PROCESS_GROUP_REMOVED] = { "PROCESS_GROUP_REMOVED", EVENT_PROCESS_GROUP },
};

const char *event_type_to_string(EventType type)
{
        g_assert(type >= 0 && type < _EVENT_TYPE_MAX);
        return types[type].name;
}

EventType event_type_from_string(const char *name)
{
        for (int i = 0; i < _EVENT_TYPE_MAX; i++)
                if (strcmp(types[i].name, name) == 0)
                        return i;
        return _EVENT_TYPE_INVALID;
}

/* Whoever writes EXITED has left out what the type is below. */
static bool ends_with_word(const char *name, const char *word)
{
        return *word && g_str_has_suffix(name, word) &&
               name[strlen(name) - strlen(word) - 1] == '_';
}

const char *event_type_nearest(const char *name)
{
        const char *names[_EVENT_TYPE_MAX], *nearest;

        for (int i = 0; i < _EVENT_TYPE_MAX; i++)
                names[i] = types[i].name;
        nearest = nearest_word(name, names, _EVENT_TYPE_MAX);
        for (int i = 0; i < _EVENT_TYPE_MAX && !nearest; i++)
                if (ends_with_word(names[i], name))
                        nearest = names[i];
        return nearest;
}

bool event_type_is_abstract(EventType type)
{
        g_assert(type >= 0 && type < _EVENT_TYPE_MAX);
        return types[type].abstract;
}

bool event_type_is_below(EventType type, EventType ancestor)
{
        while (type != ancestor && type != EVENT_ANY)
                type = types[type].parent;
        return type == ancestor;
}

EventTypeSet event_type_covers(EventType type)
{
        EventTypeSet set = 0;

        for (int i = 0; i < _EVENT_TYPE_MAX; i++)
                if (!types[i].abstract && event_type_is_below(i, type))
                        set |= event_type_bit(i);
        return set;
}

bool event_type_set_from_strings(
                const char *const *names, EventTypeSet *ret_set, const char **ret_unknown)
{
        EventTypeSet set = 0;

        for (; *names; names++) {
                EventType type = event_type_from_string(*names);

                if (type == _EVENT_TYPE_INVALID) {
                        *ret_unknown = *names;
                        return false;
                }
                set |= event_type_covers(type);
        }
        *ret_set = set;
        return true;
}

EventType event_type_of_process_state(ProcessState state)
{
        static const EventType by_state[_PROCESS_STATE_MAX] = {
                [PROCESS_STOPPED] = EVENT_PROCESS_STATE_STOPPED,
                [PROCESS_STARTING] = EVENT_PROCESS_STATE_STARTING,
                [PROCESS_RUNNING] = EVENT_PROCESS_STATE_RUNNING,
                [PROCESS_BACKOFF] = EVENT_PROCESS_STATE_BACKOFF,
                [PROCESS_STOPPING] = EVENT_PROCESS_STATE_STOPPING,
                [PROCESS_EXITED] = EVENT_PROCESS_STATE_EXITED,
                [PROCESS_FATAL] = EVENT_PROCESS_STATE_FATAL,
                [PROCESS_UNKNOWN] = EVENT_PROCESS_STATE_UNKNOWN,
        };

        g_assert(state >= 0 && state < _PROCESS_STATE_MAX);
        return by_state[state];
}

bool event_type_is_stderr(EventType type)
{
        return type == EVENT_PROCESS_LOG_STDERR || type == EVENT_PROCESS_COMMUNICATION_STDERR;
}

const char *event_type_channel(EventType type)
{
        if (!event_type_is_below(type, EVENT_PROCESS_COMMUNICATION) &&
                        !event_type_is_below(type, EVENT_PROCESS_LOG))
                return NULL;
        return event_type_is_stderr(type) ? "stderr" : "stdout";
}

const char *event_type_supervisor_state(EventType type)
{
        if (!event_type_is_below(type, EVENT_SUPERVISOR_STATE_CHANGE))
                return NULL;
        return type == EVENT_SUPERVISOR_STATE_CHANGE_RUNNING ? "RUNNING" : "STOPPING";
}

unsigned event_type_tick_period(EventType type)
{
        if (!event_type_is_below(type, EVENT_TICK))
                return 0;
        return type == EVENT_TICK_5 ? 5 : type == EVENT_TICK_60 ? 60 : 3600;
}

bool event_type_is_restricted(EventType type)
{
        return event_type_is_below(type, EVENT_PROCESS_COMMUNICATION) ||
               event_type_is_below(type, EVENT_PROCESS_LOG) || type == EVENT_REMOTE_COMMUNICATION;
}

EventTypeSet event_types_restricted(void)
{
        return event_type_covers(EVENT_PROCESS_COMMUNICATION) |
               event_type_covers(EVENT_PROCESS_LOG) | event_type_bit(EVENT_REMOTE_COMMUNICATION);
}

Event *event_new(EventType type)
{
        Event *event = g_new0(Event, 1);

        g_assert(!event_type_is_abstract(type));
        event->n_ref = 1;
        event->type = type;
        event->exit_code = -1;
        return event;
}

Event *event_new_process_state(
                const char *group, const char *process, ProcessState from, ProcessState to)
{
        Event *event = event_new(event_type_of_process_state(to));

        event->group = g_strdup(group);
        event->process = g_strdup(process);
        event->from_state = from;
        return event;
}

Event *event_new_tick(unsigned period_seconds, uint64_t when)
{
        Event *event = event_new(period_seconds == 5    ? EVENT_TICK_5
                                 : period_seconds == 60 ? EVENT_TICK_60
                                                        : EVENT_TICK_3600);

        event->tick_period = period_seconds;
        event->tick_when = when;
        return event;
}

Event *event_new_group(EventType type, const char *group)
{
        Event *event = event_new(type);

        event->group = g_strdup(group);
        return event;
}

Event *event_new_remote(const char *remote_type, const void *data, size_t size)
{
        Event *event = event_new(EVENT_REMOTE_COMMUNICATION);

        event->remote_type = g_strdup(remote_type);
        event->data = g_bytes_new(data, size);
        return event;
}

/* Only the count changes, and it is nobody's data: holders of a const Event may keep it. */
Event *event_ref(const Event *event)
{
        Event *counted = (Event *)event;

        g_assert(counted->n_ref > 0);
        counted->n_ref++;
        return counted;
}

Event *event_unref(Event *event)
{
        if (!event || --event->n_ref > 0)
                return NULL;
        g_free(event->group);
        g_free(event->process);
        g_free(event->asked_by);
        g_free(event->run_id);
        g_free(event->remote_type);
        g_clear_pointer(&event->data, g_bytes_unref);
        g_free(event);
        return NULL;
}

ProcessState event_process_state(const Event *event)
{
        for (int state = 0; state < _PROCESS_STATE_MAX; state++)
                if (event_type_of_process_state(state) == event->type)
                        return state;
        return _PROCESS_STATE_INVALID;
}

size_t event_size(const Event *event)
{
        size_t size = sizeof *event;

        size += event->group ? strlen(event->group) + 1 : 0;
        size += event->process ? strlen(event->process) + 1 : 0;
        size += event->asked_by ? strlen(event->asked_by) + 1 : 0;
        size += event->run_id ? strlen(event->run_id) + 1 : 0;
        size += event->remote_type ? strlen(event->remote_type) + 1 : 0;
        size += event->data ? g_bytes_get_size(event->data) : 0;
        return size;
}
