/* The appending and the reading of each kind stand next to each other and are the only places that
 * know the order of the arguments. A reader skips keys of the last map that it does not know. */

#include "bus/event-message.h"

#include <errno.h>
#include <string.h>

#include "bus/cleanup.h"
#include "bus/names.h"

typedef enum EventKind {
        KIND_PROCESS_STATE,
        KIND_OUTPUT, /* ProcessLog and ProcessCommunication */
        KIND_REMOTE,
        KIND_SUPERVISOR_STATE,
        KIND_TICK,
        KIND_GROUP,
} EventKind;

/* What every signal begins and ends with. */
#define HEAD "tttt"
#define TAIL "a{sv}"

static const struct {
        const char *member;
        EventKind kind;
        const char *signature;
} members[] = {
        { "ProcessStateChanged", KIND_PROCESS_STATE, HEAD "ssssuub" TAIL },
        { "ProcessLog", KIND_OUTPUT, HEAD "ssusay" TAIL },
        { "ProcessCommunication", KIND_OUTPUT, HEAD "ssusay" TAIL },
        { "RemoteCommunication", KIND_REMOTE, HEAD "say" TAIL },
        { "SupervisorStateChanged", KIND_SUPERVISOR_STATE, HEAD "s" TAIL },
        { "Tick", KIND_TICK, HEAD "ut" TAIL },
        { "ProcessGroupAdded", KIND_GROUP, HEAD "s" TAIL },
        { "ProcessGroupRemoved", KIND_GROUP, HEAD "s" TAIL },
};

static int member_index(const char *member)
{
        for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
                if (strcmp(members[i].member, member) == 0)
                        return i;
        return -1;
}

const char *event_message_member(EventType type)
{
        if (event_type_covers(EVENT_PROCESS_STATE) & event_type_bit(type))
                return "ProcessStateChanged";
        if (event_type_covers(EVENT_PROCESS_LOG) & event_type_bit(type))
                return "ProcessLog";
        if (event_type_covers(EVENT_PROCESS_COMMUNICATION) & event_type_bit(type))
                return "ProcessCommunication";
        if (event_type_covers(EVENT_SUPERVISOR_STATE_CHANGE) & event_type_bit(type))
                return "SupervisorStateChanged";
        if (event_type_covers(EVENT_TICK) & event_type_bit(type))
                return "Tick";
        if (type == EVENT_REMOTE_COMMUNICATION)
                return "RemoteCommunication";
        return type == EVENT_PROCESS_GROUP_ADDED ? "ProcessGroupAdded" : "ProcessGroupRemoved";
}

const char *event_message_signature(const char *member)
{
        int i = member_index(member);

        return i < 0 ? NULL : members[i].signature;
}

static int append_data(sd_bus_message *m, const Event *event)
{
        gsize size = 0;
        const void *data = event->data ? g_bytes_get_data(event->data, &size) : NULL;

        return sd_bus_message_append_array(m, 'y', data, size);
}

static int append_extras(sd_bus_message *m, const Event *event)
{
        int r = sd_bus_message_open_container(m, 'a', "{sv}");

        if (r < 0)
                return r;
        if (event->exit_code >= 0) {
                r = sd_bus_message_append(m, "{sv}", "exit_code", "i", event->exit_code);
                if (r < 0)
                        return r;
        }
        if (event->term_signal > 0) {
                r = sd_bus_message_append(m, "{sv}", "term_signal", "i", event->term_signal);
                if (r < 0)
                        return r;
        }
        if (event->asked_by) {
                r = sd_bus_message_append(m, "{sv}", "asked_by", "s", event->asked_by);
                if (r < 0)
                        return r;
        }
        if (event->run_id) {
                r = sd_bus_message_append(m, "{sv}", "run_id", "s", event->run_id);
                if (r < 0)
                        return r;
        }
        return sd_bus_message_close_container(m);
}

static int append_body(sd_bus_message *m, const Event *event, EventKind kind)
{
        int r;

        switch (kind) {
        case KIND_PROCESS_STATE:
                return sd_bus_message_append(m, "ssssuub", event->group, event->process,
                                process_state_to_string(event_process_state(event)),
                                process_state_to_string(event->from_state), (uint32_t)event->pid,
                                (uint32_t)event->tries, (int)event->expected);
        case KIND_OUTPUT:
                r = sd_bus_message_append(m, "ssus", event->group, event->process,
                                (uint32_t)event->pid, event_type_channel(event->type));
                return r < 0 ? r : append_data(m, event);
        case KIND_REMOTE:
                r = sd_bus_message_append(m, "s", event->remote_type);
                return r < 0 ? r : append_data(m, event);
        case KIND_SUPERVISOR_STATE:
                return sd_bus_message_append(m, "s", event_type_supervisor_state(event->type));
        case KIND_TICK:
                return sd_bus_message_append(
                                m, "ut", (uint32_t)event->tick_period, event->tick_when);
        case KIND_GROUP:
                return sd_bus_message_append(m, "s", event->group);
        }
        g_assert_not_reached();
}

static int append_arguments(
                sd_bus_message *m, const Event *event, uint64_t previous, EventKind kind)
{
        int r;

        r = sd_bus_message_append(m, HEAD, event->serial, previous, event->realtime_usec,
                        event->monotonic_usec);
        if (r < 0)
                return r;
        r = append_body(m, event, kind);
        if (r < 0)
                return r;
        return append_extras(m, event);
}

int event_message_new_signal(
                sd_bus *bus, const Event *event, uint64_t previous, sd_bus_message **ret)
{
        g_autoptr(sd_bus_message) m = NULL;
        int i = member_index(event_message_member(event->type));
        int r;

        r = sd_bus_message_new_signal(bus, &m, BUS_PATH, BUS_INTERFACE_EVENTS, members[i].member);
        if (r < 0)
                return r;
        r = append_arguments(m, event, previous, members[i].kind);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&m);
        return 0;
}

int event_message_append_item(sd_bus_message *m, const Event *event, uint64_t previous)
{
        int i = member_index(event_message_member(event->type));
        g_autofree char *contents = g_strconcat("(", members[i].signature, ")", NULL);
        int r;

        r = sd_bus_message_open_container(m, 'r', EVENT_MESSAGE_PAGE_ITEM);
        if (r < 0)
                return r;
        r = sd_bus_message_append(m, "s", members[i].member);
        if (r < 0)
                return r;
        r = sd_bus_message_open_container(m, 'v', contents);
        if (r < 0)
                return r;
        r = sd_bus_message_open_container(m, 'r', members[i].signature);
        if (r < 0)
                return r;
        r = append_arguments(m, event, previous, members[i].kind);
        if (r < 0)
                return r;
        for (int depth = 0; depth < 3; depth++) {
                r = sd_bus_message_close_container(m);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int read_process_state(sd_bus_message *m, Event **ret)
{
        const char *group, *process, *state_name, *from_name;
        uint32_t pid, tries;
        ProcessState state, from;
        int expected, r;

        r = sd_bus_message_read(m, "ssssuub", &group, &process, &state_name, &from_name, &pid,
                        &tries, &expected);
        if (r < 0)
                return r;
        state = process_state_from_string(state_name);
        from = process_state_from_string(from_name);
        if (state == _PROCESS_STATE_INVALID || from == _PROCESS_STATE_INVALID)
                return -EBADMSG;
        *ret = event_new_process_state(group, process, from, state);
        (*ret)->pid = pid;
        (*ret)->tries = tries;
        (*ret)->expected = expected;
        return 0;
}

static int read_data(sd_bus_message *m, Event *event)
{
        const void *data;
        size_t size;
        int r = sd_bus_message_read_array(m, 'y', &data, &size);

        if (r < 0)
                return r;
        event->data = g_bytes_new(data, size);
        return 0;
}

static int read_output(sd_bus_message *m, bool is_log, Event **ret)
{
        g_autoptr(Event) event = NULL;
        const char *group, *process, *channel;
        uint32_t pid;
        int r;

        r = sd_bus_message_read(m, "ssus", &group, &process, &pid, &channel);
        if (r < 0)
                return r;
        if (strcmp(channel, "stdout") == 0)
                event = event_new(is_log ? EVENT_PROCESS_LOG_STDOUT
                                         : EVENT_PROCESS_COMMUNICATION_STDOUT);
        else if (strcmp(channel, "stderr") == 0)
                event = event_new(is_log ? EVENT_PROCESS_LOG_STDERR
                                         : EVENT_PROCESS_COMMUNICATION_STDERR);
        else
                return -EBADMSG;
        event->group = g_strdup(group);
        event->process = g_strdup(process);
        event->pid = pid;
        r = read_data(m, event);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&event);
        return 0;
}

static int read_remote(sd_bus_message *m, Event **ret)
{
        const char *type;
        const void *data;
        size_t size;
        int r;

        r = sd_bus_message_read(m, "s", &type);
        if (r < 0)
                return r;
        r = sd_bus_message_read_array(m, 'y', &data, &size);
        if (r < 0)
                return r;
        *ret = event_new_remote(type, data, size);
        return 0;
}

static int read_supervisor_state(sd_bus_message *m, Event **ret)
{
        const char *state;
        int r = sd_bus_message_read(m, "s", &state);

        if (r < 0)
                return r;
        if (strcmp(state, "RUNNING") == 0)
                *ret = event_new(EVENT_SUPERVISOR_STATE_CHANGE_RUNNING);
        else if (strcmp(state, "STOPPING") == 0)
                *ret = event_new(EVENT_SUPERVISOR_STATE_CHANGE_STOPPING);
        else
                return -EBADMSG;
        return 0;
}

static int read_tick(sd_bus_message *m, Event **ret)
{
        uint32_t period;
        uint64_t when;
        int r = sd_bus_message_read(m, "ut", &period, &when);

        if (r < 0)
                return r;
        if (period != 5 && period != 60 && period != 3600)
                return -EBADMSG;
        *ret = event_new_tick(period, when);
        return 0;
}

static int read_group(sd_bus_message *m, bool added, Event **ret)
{
        const char *group;
        int r = sd_bus_message_read(m, "s", &group);

        if (r < 0)
                return r;
        *ret = event_new_group(
                        added ? EVENT_PROCESS_GROUP_ADDED : EVENT_PROCESS_GROUP_REMOVED, group);
        return 0;
}

static int read_body(sd_bus_message *m, const char *member, EventKind kind, Event **ret)
{
        switch (kind) {
        case KIND_PROCESS_STATE:
                return read_process_state(m, ret);
        case KIND_OUTPUT:
                return read_output(m, strcmp(member, "ProcessLog") == 0, ret);
        case KIND_REMOTE:
                return read_remote(m, ret);
        case KIND_SUPERVISOR_STATE:
                return read_supervisor_state(m, ret);
        case KIND_TICK:
                return read_tick(m, ret);
        case KIND_GROUP:
                return read_group(m, strcmp(member, "ProcessGroupAdded") == 0, ret);
        }
        g_assert_not_reached();
}

static int read_extra_text(sd_bus_message *m, char **field)
{
        const char *text;
        int r = sd_bus_message_read(m, "v", "s", &text);

        if (r < 0)
                return r;
        g_free(*field);
        *field = g_strdup(text);
        return 0;
}

static int read_extra(sd_bus_message *m, Event *event)
{
        const char *key;
        int r = sd_bus_message_read(m, "s", &key);

        if (r < 0)
                return r;
        if (strcmp(key, "exit_code") == 0)
                return sd_bus_message_read(m, "v", "i", &event->exit_code);
        if (strcmp(key, "term_signal") == 0)
                return sd_bus_message_read(m, "v", "i", &event->term_signal);
        if (strcmp(key, "asked_by") == 0)
                return read_extra_text(m, &event->asked_by);
        if (strcmp(key, "run_id") == 0)
                return read_extra_text(m, &event->run_id);
        return sd_bus_message_skip(m, "v");
}

static int read_extras(sd_bus_message *m, Event *event)
{
        int r = sd_bus_message_enter_container(m, 'a', "{sv}");

        if (r < 0)
                return r;
        while ((r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                r = read_extra(m, event);
                if (r < 0)
                        return r;
                r = sd_bus_message_exit_container(m);
                if (r < 0)
                        return r;
        }
        if (r < 0)
                return r;
        return sd_bus_message_exit_container(m);
}

static int read_arguments(
                sd_bus_message *m, const char *member, Event **ret_event, uint64_t *ret_previous)
{
        g_autoptr(Event) event = NULL;
        uint64_t serial, previous, realtime, monotonic;
        int i = member_index(member);
        int r;

        if (i < 0)
                return -EBADMSG;
        r = sd_bus_message_read(m, HEAD, &serial, &previous, &realtime, &monotonic);
        if (r < 0)
                return r;
        r = read_body(m, member, members[i].kind, &event);
        if (r < 0)
                return r;
        r = read_extras(m, event);
        if (r < 0)
                return r;
        event->serial = serial;
        event->realtime_usec = realtime;
        event->monotonic_usec = monotonic;
        *ret_event = g_steal_pointer(&event);
        *ret_previous = previous;
        return 0;
}

/* sd-bus says -ENXIO and -EINVAL for a message of another shape; callers want one word for it. */
static int shape_error(int r)
{
        return r == -ENXIO || r == -EINVAL ? -EBADMSG : r;
}

int event_message_read_signal(sd_bus_message *m, Event **ret_event, uint64_t *ret_previous)
{
        const char *member = sd_bus_message_get_member(m);

        if (!sd_bus_message_is_signal(m, BUS_INTERFACE_EVENTS, NULL) || !member ||
                        !event_message_signature(member) ||
                        !sd_bus_message_has_signature(m, event_message_signature(member)))
                return -EBADMSG;
        return shape_error(read_arguments(m, member, ret_event, ret_previous));
}

int event_message_read_item(sd_bus_message *m, Event **ret_event, uint64_t *ret_previous)
{
        g_autoptr(Event) event = NULL;
        g_autofree char *contents = NULL;
        uint64_t previous;
        const char *member;
        int r;

        r = sd_bus_message_enter_container(m, 'r', EVENT_MESSAGE_PAGE_ITEM);
        if (r <= 0)
                return r;
        r = sd_bus_message_read(m, "s", &member);
        if (r < 0)
                return r;
        if (!event_message_signature(member))
                return -EBADMSG;
        contents = g_strconcat("(", event_message_signature(member), ")", NULL);
        r = sd_bus_message_enter_container(m, 'v', contents);
        if (r < 0)
                return shape_error(r);
        r = sd_bus_message_enter_container(m, 'r', event_message_signature(member));
        if (r < 0)
                return shape_error(r);
        r = read_arguments(m, member, &event, &previous);
        if (r < 0)
                return shape_error(r);
        for (int depth = 0; depth < 3; depth++) {
                r = sd_bus_message_exit_container(m);
                if (r < 0)
                        return r;
        }
        *ret_event = g_steal_pointer(&event);
        *ret_previous = previous;
        return 1;
}
