/* What the type tells already (a state, a channel, a period) need not be there, but must not
 * contradict it: whoever changed only one of the two would be in for a surprise.
 *
 * json-c by itself takes what others who read the same file do not (comments, single quotes), so it
 * is told to be strict. */

#include "bus/event-json-reader.h"

#include <limits.h>
#include <string.h>

#include <json-c/json.h>

#include "bus/event-json.h"

#define MAX_DEPTH     16 /* of what stands in keys that are not known */
#define MAX_EXIT_CODE 255
#define MAX_SIGNAL    64
#define MAX_EXCERPT   40 /* characters */

typedef struct json_object Json;

GQuark event_json_error_quark(void)
{
        return g_quark_from_static_string("busvisor-event-json");
}

G_GNUC_PRINTF(2, 3)
static bool fail(GError **error, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        g_propagate_error(error, g_error_new_valist(EVENT_JSON_ERROR, 0, format, arguments));
        va_end(arguments);
        return false;
}

/* The beginning of what was read, for an error. Caller frees with g_free. */
static char *excerpt(const char *text)
{
        if (g_utf8_strlen(text, -1) <= MAX_EXCERPT)
                return g_strdup(text);
        return g_strdup_printf(
                        "%.*s…", (int)(g_utf8_offset_to_pointer(text, MAX_EXCERPT) - text), text);
}

static bool fail_value(const char *key, Json *value, const char *right, GError **error)
{
        g_autofree char *shown = excerpt(json_object_to_json_string_ext(
                        value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));

        return fail(error, "\"%s\" is %s; it has to be %s", key, shown, right);
}

/* NULL when it is not there, or null. */
static Json *find(Json *object, const char *key)
{
        return json_object_object_get(object, key);
}

static bool fail_missing(const Event *event, const char *key, GError **error)
{
        return fail(error, "\"%s\" is missing; every %s has it", key,
                        event_type_to_string(event->type));
}

/* Leaves *ret alone when it is not there. */
static bool read_number(Json *object, const char *key, uint64_t least, uint64_t most, uint64_t *ret,
                GError **error)
{
        Json *value = find(object, key);
        g_autofree char *right = NULL;

        if (!value)
                return true;
        if (json_object_is_type(value, json_type_int) && json_object_get_int64(value) >= 0 &&
                        json_object_get_uint64(value) >= least &&
                        json_object_get_uint64(value) <= most) {
                *ret = json_object_get_uint64(value);
                return true;
        }
        right = g_strdup_printf("a whole number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT,
                        least, most);
        return fail_value(key, value, right, error);
}

static bool read_text(Json *object, const char *key, const char **ret, GError **error)
{
        Json *value = find(object, key);

        if (!value)
                return true;
        if (!json_object_is_type(value, json_type_string))
                return fail_value(key, value, "a string", error);
        if (strlen(json_object_get_string(value)) != (size_t)json_object_get_string_len(value))
                return fail(error, "\"%s\" has a \\u0000 in it, which no name has", key);
        *ret = json_object_get_string(value);
        return true;
}

static bool read_name(Json *object, const char *key, const Event *event, char **ret, GError **error)
{
        const char *text = NULL;

        if (!read_text(object, key, &text, error))
                return false;
        if (!text)
                return fail_missing(event, key, error);
        *ret = g_strdup(text);
        return true;
}

/* The text, where it is there, can only be this one. */
static bool check_text(Json *object, const char *key, const Event *event, const char *right,
                GError **error)
{
        g_autofree char *right_text = NULL;
        const char *text = NULL;

        if (!read_text(object, key, &text, error))
                return false;
        if (!text || strcmp(text, right) == 0)
                return true;
        right_text = g_strdup_printf("\"%s\" in %s", right, event_type_to_string(event->type));
        return fail_value(key, find(object, key), right_text, error);
}

static bool read_from_state(Json *object, Event *event, GError **error)
{
        const char *text = NULL;

        if (!read_text(object, "from_state", &text, error))
                return false;
        if (!text)
                return fail_missing(event, "from_state", error);
        event->from_state = process_state_from_string(text);
        if (event->from_state != _PROCESS_STATE_INVALID)
                return true;
        return fail_value("from_state", find(object, "from_state"), "a state, such as \"RUNNING\"",
                        error);
}

static bool read_expected(Json *object, Event *event, GError **error)
{
        Json *value = find(object, "expected");

        if (event->type != EVENT_PROCESS_STATE_EXITED || !value)
                return true;
        if (!json_object_is_type(value, json_type_boolean))
                return fail_value("expected", value, "true or false", error);
        event->expected = json_object_get_boolean(value);
        return true;
}

static bool read_state_numbers(Json *object, Event *event, GError **error)
{
        uint64_t tries = 0, exit_code = UINT64_MAX, term_signal = 0;

        if (!read_number(object, "tries", 0, UINT_MAX, &tries, error) ||
                        !read_number(object, "exit_code", 0, MAX_EXIT_CODE, &exit_code, error) ||
                        !read_number(object, "term_signal", 1, MAX_SIGNAL, &term_signal, error))
                return false;
        event->tries = tries;
        event->exit_code = exit_code == UINT64_MAX ? -1 : (int)exit_code;
        event->term_signal = term_signal;
        return true;
}

static bool read_process(Json *object, Event *event, GError **error)
{
        uint64_t pid = 0;

        if (!read_name(object, "group", event, &event->group, error) ||
                        !read_name(object, "process", event, &event->process, error) ||
                        !read_number(object, "pid", 0, INT_MAX, &pid, error))
                return false;
        event->pid = pid;
        return true;
}

static bool read_process_state(Json *object, Event *event, GError **error)
{
        return read_process(object, event, error) &&
               check_text(object, "state", event,
                               process_state_to_string(event_process_state(event)), error) &&
               read_from_state(object, event, error) && read_state_numbers(object, event, error) &&
               read_expected(object, event, error);
}

static bool set_data(Event *event, const void *bytes, size_t size, GError **error)
{
        size_t with_type = size + (event->remote_type ? strlen(event->remote_type) : 0);

        if (with_type > EVENT_DATA_MAX_BYTES)
                return fail(error, "%zu bytes of data are too many; an event has at most %d",
                                with_type, EVENT_DATA_MAX_BYTES);
        event->data = g_bytes_new(bytes, size);
        return true;
}

/* GLib passes over what is no Base64, so what it made is compared. */
static bool read_base64(Json *object, Event *event, GError **error)
{
        g_autofree guchar *bytes = NULL;
        g_autofree char *again = NULL;
        const char *text = NULL;
        gsize size;

        if (!read_text(object, "data_base64", &text, error))
                return false;
        if (!text)
                return set_data(event, "", 0, error);
        bytes = g_base64_decode(text, &size);
        again = g_base64_encode(bytes, size);
        if (strcmp(text, again) != 0)
                return fail(error, "\"data_base64\" is no Base64 (RFC 4648, with padding)");
        return set_data(event, bytes, size, error);
}

static bool read_data(Json *object, Event *event, GError **error)
{
        Json *value = find(object, "data");

        if (!value)
                return read_base64(object, event, error);
        if (!json_object_is_type(value, json_type_string))
                return fail_value("data", value, "a string", error);
        return set_data(event, json_object_get_string(value), json_object_get_string_len(value),
                        error);
}

static bool read_tick(Json *object, Event *event, GError **error)
{
        uint64_t period;

        event->tick_period = event_type_tick_period(event->type);
        period = event->tick_period;
        if (!find(object, "when"))
                return fail_missing(event, "when", error);
        return read_number(object, "tick_period", period, period, &period, error) &&
               read_number(object, "when", 0, UINT64_MAX, &event->tick_when, error);
}

static bool read_body(Json *object, Event *event, GError **error)
{
        if (event_type_is_below(event->type, EVENT_PROCESS_STATE))
                return read_process_state(object, event, error);
        if (event_type_channel(event->type))
                return read_process(object, event, error) &&
                       check_text(object, "channel", event, event_type_channel(event->type),
                                       error) &&
                       read_data(object, event, error);
        if (event->type == EVENT_REMOTE_COMMUNICATION)
                return read_name(object, "remote_type", event, &event->remote_type, error) &&
                       read_data(object, event, error);
        if (event_type_is_below(event->type, EVENT_TICK))
                return read_tick(object, event, error);
        if (event_type_is_below(event->type, EVENT_PROCESS_GROUP))
                return read_name(object, "group", event, &event->group, error);
        return check_text(object, "supervisor_state", event,
                        event_type_supervisor_state(event->type), error);
}

static bool read_asked_by(Json *object, Event *event, GError **error)
{
        const char *text = NULL;

        if (!event_type_is_below(event->type, EVENT_PROCESS_STATE) &&
                        event->type != EVENT_REMOTE_COMMUNICATION)
                return true;
        if (!read_text(object, "asked_by", &text, error))
                return false;
        event->asked_by = g_strdup(text);
        return true;
}

static bool fail_type(const char *text, GError **error)
{
        g_autofree char *shown = excerpt(text);
        const char *nearest = event_type_nearest(text);

        return fail(error, "there is no event type \"%s\"%s%s%s", shown,
                        nearest ? "; did you mean \"" : "", nearest ? nearest : "",
                        nearest ? "\"?" : "");
}

static bool read_type(Json *object, EventType *ret, GError **error)
{
        const char *text = NULL;
        EventType type;

        if (!read_text(object, "type", &text, error))
                return false;
        if (!text)
                return fail(error, "\"type\" is missing; it is the name of an event, such as "
                                   "\"PROCESS_STATE_EXITED\"");
        type = event_type_from_string(text);
        if (type == _EVENT_TYPE_INVALID)
                return fail_type(text, error);
        if (event_type_is_abstract(type))
                return fail(error, "%s stands for the types below it and never happens itself",
                                text);
        *ret = type;
        return true;
}

static Event *read_event(Json *object, GError **error)
{
        g_autoptr(Event) event = NULL;
        EventType type = _EVENT_TYPE_INVALID;

        if (!json_object_is_type(object, json_type_object)) {
                fail(error, "it is no object; an event is {\"type\":\"TICK_5\",\"when\":0}");
                return NULL;
        }
        if (!read_type(object, &type, error))
                return NULL;
        event = event_new(type);
        if (!read_number(object, "serial", 0, UINT64_MAX, &event->serial, error) ||
                        !read_number(object, "realtime", 0, UINT64_MAX, &event->realtime_usec,
                                        error) ||
                        !read_number(object, "monotonic", 0, UINT64_MAX, &event->monotonic_usec,
                                        error) ||
                        !read_body(object, event, error) || !read_asked_by(object, event, error))
                return NULL;
        return g_steal_pointer(&event);
}

static Json *parse(struct json_tokener *tokener, const char *line, size_t length, GError **error)
{
        Json *object = json_tokener_parse_ex(tokener, line, length);
        enum json_tokener_error wrong = json_tokener_get_error(tokener);
        size_t end = json_tokener_get_parse_end(tokener);

        if (wrong == json_tokener_success && end == length)
                return object;
        if (wrong == json_tokener_continue)
                fail(error, "it ends within the JSON; each event is one whole line");
        else if (wrong == json_tokener_success)
                fail(error,
                                "something follows the JSON at byte %zu; each event is one line of its "
                                "own",
                                end + 1);
        else
                fail(error, "it is no JSON: %s at byte %zu", json_tokener_error_desc(wrong),
                                end + 1);
        json_object_put(object);
        return NULL;
}

static bool check_line(const char *line, size_t length, GError **error)
{
        const char *end;

        if (length > EVENT_JSON_MAX_BYTES)
                return fail(error, "it has more than %d bytes, which no event needs",
                                EVENT_JSON_MAX_BYTES);
        if (!g_utf8_validate(line, length, &end))
                return fail(error, "it is not in UTF-8 from byte %zu on", (size_t)(end - line) + 1);
        return true;
}

Event *event_from_json_line(const char *line, size_t length, GError **error)
{
        struct json_tokener *tokener;
        Event *event = NULL;
        Json *object;

        while (length > 0 && strchr(" \t\r\n", line[length - 1]))
                length--;
        if (!check_line(line, length, error))
                return NULL;
        tokener = json_tokener_new_ex(MAX_DEPTH);
        json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_ALLOW_TRAILING_CHARS);
        object = parse(tokener, line, length, error);
        json_tokener_free(tokener);
        if (object)
                event = read_event(object, error);
        json_object_put(object);
        return event;
}
