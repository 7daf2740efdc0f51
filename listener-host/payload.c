/* Only some kinds of state change tell more than the state before, and each something else; the
 * table says which. Everything here is exact to the byte: listeners split at blanks and colons. */

#include "listener-host/payload.h"

#include <string.h>

#include "listener-host/python-bytes.h"

typedef enum PayloadKind {
        PAYLOAD_NONE, /* of abstract types, which never happen */
        PAYLOAD_STATE,
        PAYLOAD_STATE_TRIES,
        PAYLOAD_STATE_PID,
        PAYLOAD_STATE_EXPECTED,
        PAYLOAD_EMPTY,
        PAYLOAD_TICK,
        PAYLOAD_GROUP,
        PAYLOAD_LOG,
        PAYLOAD_COMMUNICATION,
        PAYLOAD_REMOTE,
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
        [EVENT_PROCESS_LOG_STDOUT] = PAYLOAD_LOG,
        [EVENT_PROCESS_LOG_STDERR] = PAYLOAD_LOG,
        [EVENT_PROCESS_COMMUNICATION_STDOUT] = PAYLOAD_COMMUNICATION,
        [EVENT_PROCESS_COMMUNICATION_STDERR] = PAYLOAD_COMMUNICATION,
        [EVENT_REMOTE_COMMUNICATION] = PAYLOAD_REMOTE,
};

static void append_state(GString *text, const Event *event)
{
        g_string_append_printf(text, "processname:%s groupname:%s from_state:%s", event->process,
                        event->group, process_state_to_string(event->from_state));
}

static void append_process(GString *text, const Event *event)
{
        g_string_append_printf(text, "processname:%s groupname:%s pid:%ld", event->process,
                        event->group, (long)event->pid);
}

/* On a line of its own. What is no text as a whole is shown as Supervisor shows it. */
static void append_data(GString *text, const Event *event)
{
        gsize size = 0;
        const char *data = event->data ? g_bytes_get_data(event->data, &size) : NULL;

        g_string_append_c(text, '\n');
        if (python_bytes_is_text(data, size))
                g_string_append_len(text, data, size);
        else {
                g_string_append(text, "Undecodable: ");
                python_bytes_append(text, data, size);
        }
}

GString *payload_text(const Event *event)
{
        GString *text = g_string_new(NULL);

        switch (kinds[event->type]) {
        case PAYLOAD_NONE:
                break;
        case PAYLOAD_STATE:
                append_state(text, event);
                return text;
        case PAYLOAD_STATE_TRIES:
                append_state(text, event);
                g_string_append_printf(text, " tries:%u", event->tries);
                return text;
        case PAYLOAD_STATE_PID:
                append_state(text, event);
                g_string_append_printf(text, " pid:%ld", (long)event->pid);
                return text;
        case PAYLOAD_STATE_EXPECTED:
                append_state(text, event);
                g_string_append_printf(
                                text, " expected:%d pid:%ld", event->expected, (long)event->pid);
                return text;
        case PAYLOAD_EMPTY:
                return text;
        case PAYLOAD_TICK:
                g_string_append_printf(text, "when:%" G_GUINT64_FORMAT, event->tick_when);
                return text;
        case PAYLOAD_GROUP:
                g_string_append_printf(text, "groupname:%s\n", event->group);
                return text;
        case PAYLOAD_LOG:
                append_process(text, event);
                g_string_append_printf(text, " channel:%s",
                                event_type_is_stderr(event->type) ? "stderr" : "stdout");
                append_data(text, event);
                return text;
        case PAYLOAD_COMMUNICATION:
                append_process(text, event);
                append_data(text, event);
                return text;
        case PAYLOAD_REMOTE:
                g_string_append_printf(text, "type:%s", event->remote_type);
                append_data(text, event);
                return text;
        }
        g_assert_not_reached();
}

/* Of UTF-8 that may hold zero bytes. Supervisor on Python 3 counts characters. */
static size_t count(const GString *text, PayloadLength unit)
{
        size_t n = 0;

        if (unit == PAYLOAD_LENGTH_BYTES)
                return text->len;
        for (size_t i = 0; i < text->len; i++)
                n += (text->str[i] & 0xc0) != 0x80;
        return n;
}

/* In the header, so that the payload stays what listeners know, and all types have them alike. The
 * colon that a unique name begins with would make one token two. */
static void append_extras(GString *header, const Event *event)
{
        if (event->exit_code >= 0)
                g_string_append_printf(header, " exit_code:%d", event->exit_code);
        if (event->term_signal > 0)
                g_string_append_printf(header, " term_signal:%d", event->term_signal);
        if (event->asked_by)
                g_string_append_printf(header, " asked_by:%s",
                                event->asked_by + (*event->asked_by == ':'));
        g_string_append_printf(header,
                        " realtime:%" G_GUINT64_FORMAT " monotonic:%" G_GUINT64_FORMAT,
                        event->realtime_usec, event->monotonic_usec);
}

GBytes *payload_message(const Event *event, const char *server, const char *pool,
                uint64_t poolserial, const PayloadStyle *style)
{
        GString *text = payload_text(event);
        GString *message = g_string_new(NULL);

        g_string_append_printf(message,
                        "ver:3.0 server:%s serial:%" G_GUINT64_FORMAT
                        " pool:%s poolserial:%" G_GUINT64_FORMAT " eventname:%s len:%zu",
                        server, event->serial, pool, poolserial, event_type_to_string(event->type),
                        count(text, style->length));
        if (style->extras)
                append_extras(message, event);
        g_string_append_c(message, '\n');
        g_string_append_len(message, text->str, text->len);
        g_string_free(text, true);
        return g_string_free_to_bytes(message);
}
