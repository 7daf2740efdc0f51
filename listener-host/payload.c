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

#define BUFFER_BYTES_KEPT ((size_t)128 * 1024)

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

/* One check of the room for a key and its value, as there are a dozen of them in each message. */
static void append_pair(
                GString *to, const char *key, size_t key_size, const char *value, size_t value_size)
{
        size_t at = to->len;

        if (at + key_size + value_size >= to->allocated_len)
                g_string_set_size(to, at + key_size + value_size);
        memcpy(to->str + at, key, key_size);
        memcpy(to->str + at + key_size, value, value_size);
        to->len = at + key_size + value_size;
        to->str[to->len] = '\0';
}

static inline void append_text(GString *to, const char *key, const char *value)
{
        append_pair(to, key, strlen(key), value, strlen(value));
}

/* Numbers are half of a message, and printf would be half of what it costs to make it. */
static inline void append_number(GString *to, const char *key, uint64_t value)
{
        char digits[20], *first = digits + sizeof digits;

        do {
                *--first = '0' + value % 10;
                value /= 10;
        } while (value > 0);
        append_pair(to, key, strlen(key), first, digits + sizeof digits - first);
}

static void append_name(GString *text, const Event *event)
{
        append_text(text, "processname:", event->process);
        append_text(text, " groupname:", event->group);
}

static void append_state(GString *text, const Event *event)
{
        append_name(text, event);
        append_text(text, " from_state:", process_state_to_string(event->from_state));
}

static void append_process(GString *text, const Event *event)
{
        append_name(text, event);
        append_number(text, " pid:", event->pid);
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

static void append_payload(GString *text, const Event *event)
{
        switch (kinds[event->type]) {
        case PAYLOAD_NONE:
                break;
        case PAYLOAD_STATE:
                append_state(text, event);
                return;
        case PAYLOAD_STATE_TRIES:
                append_state(text, event);
                append_number(text, " tries:", event->tries);
                return;
        case PAYLOAD_STATE_PID:
                append_state(text, event);
                append_number(text, " pid:", event->pid);
                return;
        case PAYLOAD_STATE_EXPECTED:
                append_state(text, event);
                append_number(text, " expected:", event->expected);
                append_number(text, " pid:", event->pid);
                return;
        case PAYLOAD_EMPTY:
                return;
        case PAYLOAD_TICK:
                append_number(text, "when:", event->tick_when);
                return;
        case PAYLOAD_GROUP:
                append_text(text, "groupname:", event->group);
                g_string_append_c(text, '\n');
                return;
        case PAYLOAD_LOG:
                append_process(text, event);
                append_text(text, " channel:", event_type_channel(event->type));
                append_data(text, event);
                return;
        case PAYLOAD_COMMUNICATION:
                append_process(text, event);
                append_data(text, event);
                return;
        case PAYLOAD_REMOTE:
                append_text(text, "type:", event->remote_type);
                append_data(text, event);
                return;
        }
        g_assert_not_reached();
}

GString *payload_text(const Event *event)
{
        GString *text = g_string_new(NULL);

        append_payload(text, event);
        return text;
}

/* Supervisor on Python 3 counts characters. */
static size_t count(const GString *text, PayloadLength unit)
{
        return unit == PAYLOAD_LENGTH_BYTES ? text->len
                                            : python_bytes_n_characters(text->str, text->len);
}

/* In the header, so that the payload stays what listeners know, and all types have them alike. The
 * colon that a unique name begins with would make one token two. */
static void append_extras(GString *header, const Event *event)
{
        if (event->exit_code >= 0)
                append_number(header, " exit_code:", event->exit_code);
        if (event->term_signal > 0)
                append_number(header, " term_signal:", event->term_signal);
        if (event->asked_by)
                append_text(header, " asked_by:", event->asked_by + (*event->asked_by == ':'));
        append_number(header, " realtime:", event->realtime_usec);
        append_number(header, " monotonic:", event->monotonic_usec);
}

void payload_buffer_init(PayloadBuffer *buffer)
{
        *buffer = (PayloadBuffer){ g_string_new(NULL), g_string_new(NULL) };
}

static void free_string(GString *string)
{
        g_string_free(string, true);
}

void payload_buffer_clear(PayloadBuffer *buffer)
{
        g_clear_pointer(&buffer->text, free_string);
        g_clear_pointer(&buffer->message, free_string);
}

/* What a large event has needed is not kept for ever. */
static GString *emptied(GString *string)
{
        g_string_truncate(string, 0);
        if (string->allocated_len <= BUFFER_BYTES_KEPT)
                return string;
        free_string(string);
        return g_string_new(NULL);
}

void payload_make(PayloadBuffer *buffer, const Event *event, const char *server, const char *pool,
                uint64_t poolserial, const PayloadStyle *style)
{
        GString *text = emptied(buffer->text), *message = emptied(buffer->message);

        append_payload(text, event);
        append_text(message, "ver:3.0 server:", server);
        append_number(message, " serial:", event->serial);
        append_text(message, " pool:", pool);
        append_number(message, " poolserial:", poolserial);
        append_text(message, " eventname:", event_type_to_string(event->type));
        append_number(message, " len:", count(text, style->length));
        if (style->extras)
                append_extras(message, event);
        g_string_append_c(message, '\n');
        g_string_append_len(message, text->str, text->len);
        *buffer = (PayloadBuffer){ text, message };
}

GBytes *payload_message(const Event *event, const char *server, const char *pool,
                uint64_t poolserial, const PayloadStyle *style)
{
        PayloadBuffer buffer;

        payload_buffer_init(&buffer);
        payload_make(&buffer, event, server, pool, poolserial, style);
        free_string(buffer.text);
        return g_string_free_to_bytes(buffer.message);
}
