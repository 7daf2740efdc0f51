/* What can be told from the type (a state, a channel, a period) is written all the same, for those
 * who read the lines with other programs. */

#include "bus/event-json.h"

#include <string.h>

#include <json-c/json.h>

typedef struct json_object Json;

static void add(Json *object, const char *key, Json *value)
{
        json_object_object_add_ex(object, key, value,
                        JSON_C_OBJECT_ADD_KEY_IS_NEW | JSON_C_OBJECT_KEY_IS_CONSTANT);
}

static void add_number(Json *object, const char *key, uint64_t number)
{
        add(object, key, json_object_new_uint64(number));
}

static void add_string(Json *object, const char *key, const char *text)
{
        if (text)
                add(object, key, json_object_new_string(text));
}

/* NULL for types that are no state of a process. */
static const char *state_of(const Event *event)
{
        ProcessState state = event_process_state(event);

        return state == _PROCESS_STATE_INVALID ? NULL : process_state_to_string(state);
}

static void add_process_state(Json *object, const Event *event)
{
        add_string(object, "state", state_of(event));
        add_string(object, "from_state", process_state_to_string(event->from_state));
        add_number(object, "pid", event->pid);
        add_number(object, "tries", event->tries);
        if (event->type == EVENT_PROCESS_STATE_EXITED)
                add(object, "expected", json_object_new_boolean(event->expected));
        if (event->exit_code >= 0)
                add_number(object, "exit_code", event->exit_code);
        if (event->term_signal > 0)
                add_number(object, "term_signal", event->term_signal);
}

/* What is no text must not be made one by replacing bytes: programs want it back as it was. */
static void add_data(Json *object, GBytes *data)
{
        gsize size;
        const char *bytes = g_bytes_get_data(data, &size);
        g_autofree char *encoded = NULL;

        if (size == 0 || g_utf8_validate(bytes, size, NULL)) {
                add(object, "data", json_object_new_string_len(size > 0 ? bytes : "", size));
                return;
        }
        encoded = g_base64_encode((const guchar *)bytes, size);
        add_string(object, "data_base64", encoded);
}

static void add_fields(Json *object, const Event *event)
{
        add_number(object, "serial", event->serial);
        add_number(object, "realtime", event->realtime_usec);
        add_number(object, "monotonic", event->monotonic_usec);
        add_string(object, "type", event_type_to_string(event->type));
        add_string(object, "group", event->group);
        add_string(object, "process", event->process);
        if (state_of(event))
                add_process_state(object, event);
        else if (event->process)
                add_number(object, "pid", event->pid);
        add_string(object, "channel", event_type_channel(event->type));
        if (event->tick_period > 0) {
                add_number(object, "tick_period", event->tick_period);
                add_number(object, "when", event->tick_when);
        }
        add_string(object, "supervisor_state", event_type_supervisor_state(event->type));
        add_string(object, "remote_type", event->remote_type);
        add_string(object, "asked_by", event->asked_by);
        if (event->data)
                add_data(object, event->data);
}

/* Beside what json-c escapes by itself, those below the blank, a terminal obeys DEL and the
 * controls from U+0080 to U+009F, which in UTF-8 are 0xc2 and their own number. */
static bool is_c1_control(const char *text)
{
        return (guchar)text[0] == 0xc2 && (guchar)text[1] >= 0x80 && (guchar)text[1] < 0xa0;
}

/* In JSON, such characters can only stand within strings. */
static char *escape_controls(const char *text)
{
        GString *escaped = g_string_sized_new(strlen(text) + 1);

        for (;;) {
                size_t plain = strcspn(text, "\x7f\xc2");

                g_string_append_len(escaped, text, plain);
                text += plain;
                if (!*text)
                        break;
                if (is_c1_control(text))
                        text++;
                else if (*text != 0x7f) {
                        g_string_append_c(escaped, *text++);
                        continue;
                }
                g_string_append_printf(escaped, "\\u%04x", (guchar)*text++);
        }
        return g_string_free(escaped, false);
}

char *event_to_json_line(const Event *event)
{
        Json *object = json_object_new_object();
        char *line;

        add_fields(object, event);
        line = escape_controls(json_object_to_json_string_ext(
                        object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
        json_object_put(object);
        return line;
}
