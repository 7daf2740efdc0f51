/* What the types are is asked of the message, so that a property that a later daemon has is shown
 * like any other. */

#include "tools/ctl/property-list.h"

#include <errno.h>
#include <string.h>

#include "bus/cleanup.h"
#include "tools/ctl/event-text.h"
#include "tools/ctl/time-span.h"

#define READ_ACTION "read properties"

/* Deeper than anything that is published. */
#define MAX_DEPTH 16

static int read_value(sd_bus_message *m, unsigned depth, json_object **ret);

/* Numbers and texts. */

static json_object *new_number(uint64_t number)
{
        return number == UINT64_MAX ? NULL : json_object_new_uint64(number);
}

static int read_basic(sd_bus_message *m, char type, json_object **ret)
{
        union {
                uint8_t y;
                int b;
                int16_t n;
                uint16_t q;
                int32_t i;
                uint32_t u;
                int64_t x;
                uint64_t t;
                double d;
                const char *s;
        } value;
        int r = sd_bus_message_read_basic(m, type, &value);

        if (r <= 0)
                return r < 0 ? r : -EBADMSG;
        switch (type) {
        case SD_BUS_TYPE_BYTE:
                *ret = json_object_new_int(value.y);
                return 0;
        case SD_BUS_TYPE_BOOLEAN:
                *ret = json_object_new_boolean(value.b);
                return 0;
        case SD_BUS_TYPE_INT16:
                *ret = json_object_new_int(value.n);
                return 0;
        case SD_BUS_TYPE_UINT16:
                *ret = json_object_new_int(value.q);
                return 0;
        case SD_BUS_TYPE_INT32:
                *ret = json_object_new_int(value.i);
                return 0;
        case SD_BUS_TYPE_UINT32:
                *ret = json_object_new_int64(value.u);
                return 0;
        case SD_BUS_TYPE_INT64:
                *ret = json_object_new_int64(value.x);
                return 0;
        case SD_BUS_TYPE_UINT64:
                *ret = new_number(value.t);
                return 0;
        case SD_BUS_TYPE_DOUBLE:
                *ret = json_object_new_double(value.d);
                return 0;
        case SD_BUS_TYPE_STRING:
        case SD_BUS_TYPE_OBJECT_PATH:
        case SD_BUS_TYPE_SIGNATURE:
                *ret = json_object_new_string(value.s);
                return 0;
        default: /* a descriptor, which is nothing to be shown */
                return -EOPNOTSUPP;
        }
}

/* Containers. */

static int read_items(sd_bus_message *m, unsigned depth, json_object *array)
{
        int r;

        while ((r = sd_bus_message_at_end(m, false)) == 0) {
                json_object *item = NULL;

                r = read_value(m, depth, &item);
                if (r < 0)
                        return r;
                json_object_array_add(array, item);
        }
        return r < 0 ? r : 0;
}

static int read_entries(sd_bus_message *m, unsigned depth, const char *entry, json_object *map)
{
        int r;

        while ((r = sd_bus_message_enter_container(m, SD_BUS_TYPE_DICT_ENTRY, entry)) > 0) {
                json_object *key = NULL, *value = NULL;

                r = read_value(m, depth, &key);
                if (r >= 0)
                        r = read_value(m, depth, &value);
                if (r >= 0)
                        json_object_object_add(map, json_object_get_string(key), value);
                json_object_put(key);
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
                if (r < 0)
                        return r;
        }
        return r;
}

static int read_container(sd_bus_message *m, unsigned depth, char type, const char *contents,
                json_object **ret)
{
        bool is_map = type == SD_BUS_TYPE_ARRAY && contents[0] == SD_BUS_TYPE_DICT_ENTRY_BEGIN;
        g_autofree char *entry = is_map ? g_strndup(contents + 1, strlen(contents) - 2) : NULL;
        json_object *object = is_map ? json_object_new_object() : json_object_new_array();
        int r = sd_bus_message_enter_container(m, type, contents);

        if (r >= 0)
                r = is_map ? read_entries(m, depth, entry, object) : read_items(m, depth, object);
        if (r >= 0)
                r = sd_bus_message_exit_container(m);
        if (r >= 0)
                *ret = object;
        else
                json_object_put(object);
        return r;
}

static int read_variant(sd_bus_message *m, unsigned depth, const char *contents, json_object **ret)
{
        json_object *value = NULL;
        int r = sd_bus_message_enter_container(m, SD_BUS_TYPE_VARIANT, contents);

        if (r >= 0)
                r = read_value(m, depth, &value);
        if (r >= 0)
                r = sd_bus_message_exit_container(m);
        if (r >= 0)
                *ret = value;
        else
                json_object_put(value);
        return r;
}

static int read_value(sd_bus_message *m, unsigned depth, json_object **ret)
{
        const char *contents;
        char type;
        int r = sd_bus_message_peek_type(m, &type, &contents);

        if (r <= 0 || depth == MAX_DEPTH)
                return r < 0 ? r : -EBADMSG;
        if (type == SD_BUS_TYPE_VARIANT)
                return read_variant(m, depth + 1, contents, ret);
        if (type == SD_BUS_TYPE_ARRAY || type == SD_BUS_TYPE_STRUCT)
                return read_container(m, depth + 1, type, contents, ret);
        return read_basic(m, type, ret);
}

int property_list_read_value(sd_bus_message *m, json_object **ret)
{
        return read_value(m, 0, ret);
}

/* All of an interface. */

static int read_properties(sd_bus_message *reply, json_object *object)
{
        int r = sd_bus_message_enter_container(reply, SD_BUS_TYPE_ARRAY, "{sv}");

        return r < 0 ? r : read_entries(reply, 0, "sv", object);
}

bool property_list_read(Client *client, const char *path, const char *interface,
                json_object *object, GError **error)
{
        g_autoptr(sd_bus_message) call = NULL;
        g_autoptr(sd_bus_message) reply = NULL;
        int r = client_new_call_on(
                        client, path, "org.freedesktop.DBus.Properties", "GetAll", &call);

        if (r >= 0)
                r = sd_bus_message_append(call, "s", interface);
        if (r >= 0 && !client_call(client, call, CLIENT_TIMEOUT, READ_ACTION, &reply, error))
                return false;
        if (r >= 0)
                r = read_properties(reply, object);
        if (r < 0)
                client_set_error(NULL, r, READ_ACTION, error);
        return r >= 0;
}

/* Words. */

static char *number_text(const char *name, json_object *value)
{
        int64_t number = json_object_get_int64(value);

        if (g_str_has_suffix(name, "Timestamp"))
                return number > 0 ? event_text_time((uint64_t)number) : g_strdup("");
        if (g_str_has_suffix(name, "USec") && number >= 0)
                return time_span_to_string((uint64_t)number);
        if (strcmp(name, "UMask") == 0)
                return number == UINT32_MAX ? g_strdup("[not set]")
                                            : g_strdup_printf("%04o", (unsigned)number);
        return g_strdup(json_object_to_json_string(value));
}

static void append_joined(GString *text, const char *before, char *item)
{
        g_string_append_printf(text, "%s%s", before, item);
        g_free(item);
}

static char *list_text(json_object *value)
{
        GString *text = g_string_new(NULL);

        for (size_t i = 0; i < json_object_array_length(value); i++) {
                json_object *item = json_object_array_get_idx(value, i);
                bool is_list = json_object_get_type(item) == json_type_array;

                append_joined(text, i > 0 ? " " : "", g_strdup(is_list ? "{ " : ""));
                append_joined(text, "", property_list_text("", item));
                append_joined(text, "", g_strdup(is_list ? " }" : ""));
        }
        return g_string_free(text, false);
}

static char *map_text(json_object *value)
{
        GString *text = g_string_new(NULL);

        json_object_object_foreach(value, key, item)
        {
                append_joined(text, text->len > 0 ? " " : "", g_strconcat(key, "=", NULL));
                append_joined(text, "", property_list_text(key, item));
        }
        return g_string_free(text, false);
}

char *property_list_text(const char *name, json_object *value)
{
        switch (json_object_get_type(value)) {
        case json_type_null:
                return g_strdup("[not set]");
        case json_type_boolean:
                return g_strdup(json_object_get_boolean(value) ? "yes" : "no");
        case json_type_int:
        case json_type_double:
                return number_text(name, value);
        case json_type_string:
                return g_strdup(json_object_get_string(value));
        case json_type_array:
                return list_text(value);
        case json_type_object:
                return map_text(value);
        }
        g_assert_not_reached();
}
