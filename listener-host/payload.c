/* Only some kinds of state change tell more than the state before, and each something else; the
 * table says which. Everything here is exact to the byte: listeners split at blanks and colons. */

#include "listener-host/payload.h"

#include <string.h>

typedef enum PayloadKind {
        PAYLOAD_UNKNOWN,
        PAYLOAD_STATE,
        PAYLOAD_STATE_TRIES,
        PAYLOAD_STATE_PID,
        PAYLOAD_STATE_EXPECTED,
        PAYLOAD_EMPTY,
        PAYLOAD_TICK,
        PAYLOAD_GROUP,
} PayloadKind;

static const PayloadKind kinds[_EVENT_TYPE_MAX] = {
                [EVENT_PROCESS_STATE_STARTING] = PAYLOAD_STATE_TRIES,
                [EVENT_PROCESS_STATE_RUNNING] = PAYLOAD_STATE_PID,
                [EVENT_PROCESS_STATE_BACKOFF] = PAYLOAD_STATE_TRIES,
                [EVENT_PROCESS_STATE_STOPPING] = PAYLOAD_STATE_PID,
                [EVENT_PROCESS_STATE_STOPPED] = PAYLOAD_STATE_PID,
                [EVENT_PROCESS_STATE_EXITED] = PAYLOAD_STATE_EXPECTED,
                [EVENT_PROCESS_STATE_FATAL] = PAYLOAD_STATE,
                [EVENT_PROCESS_STATE_UNKNOWN] = PAYLOAD_STATE,
                [EVENT_SUPERVISOR_STATE_CHANGE_RUNNING] = PAYLOAD_EMPTY,
                [EVENT_SUPERVISOR_STATE_CHANGE_STOPPING] = PAYLOAD_EMPTY,
                [EVENT_TICK_5] = PAYLOAD_TICK,
                [EVENT_TICK_60] = PAYLOAD_TICK,
                [EVENT_TICK_3600] = PAYLOAD_TICK,
                [EVENT_PROCESS_GROUP_ADDED] = PAYLOAD_GROUP,
                [EVENT_PROCESS_GROUP_REMOVED] = PAYLOAD_GROUP,
};

bool payload_is_known(EventType type)
{
        g_assert(type >= 0 && type < _EVENT_TYPE_MAX);
        return kinds[type] != PAYLOAD_UNKNOWN;
}

static char *state_text(const Event *event)
{
        return g_strdup_printf("processname:%s groupname:%s from_state:%s", event->process,
                        event->group, process_state_to_string(event->from_state));
}

char *payload_text(const Event *event)
{
        g_autofree char *state = NULL;

        switch (kinds[event->type]) {
        case PAYLOAD_UNKNOWN:
                return NULL;
        case PAYLOAD_STATE:
                return state_text(event);
        case PAYLOAD_STATE_TRIES:
                state = state_text(event);
                return g_strdup_printf("%s tries:%u", state, event->tries);
        case PAYLOAD_STATE_PID:
                state = state_text(event);
                return g_strdup_printf("%s pid:%ld", state, (long)event->pid);
        case PAYLOAD_STATE_EXPECTED:
                state = state_text(event);
                return g_strdup_printf(
                                "%s expected:%d pid:%ld", state, event->expected, (long)event->pid);
        case PAYLOAD_EMPTY:
                return g_strdup("");
        case PAYLOAD_TICK:
                return g_strdup_printf("when:%" G_GUINT64_FORMAT, event->tick_when);
        case PAYLOAD_GROUP:
                return g_strdup_printf("groupname:%s\n", event->group);
        }
        g_assert_not_reached();
}

GBytes *payload_message(
                const Event *event, const char *server, const char *pool, uint64_t poolserial)
{
        g_autofree char *text = payload_text(event);
        char *message;

        g_assert(text);
        message = g_strdup_printf("ver:3.0 server:%s serial:%" G_GUINT64_FORMAT
                                  " pool:%s poolserial:%" G_GUINT64_FORMAT
                                  " eventname:%s len:%ld\n%s",
                        server, event->serial, pool, poolserial, event_type_to_string(event->type),
                        g_utf8_strlen(text, -1), text);
        return g_bytes_new_take(message, strlen(message));
}
