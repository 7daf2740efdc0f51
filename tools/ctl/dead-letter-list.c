/* Pool and serial stand first in a line, for scripts that go on with them. */

#include "tools/ctl/dead-letter-list.h"

#include <json-c/json.h>

#include "bus/cleanup.h"
#include "bus/event-json.h"
#include "bus/event-message.h"
#include "bus/names.h"
#include "tools/ctl/event-text.h"

#define READ_ACTION "read dead letters"

#define TYPE_WIDTH 32

void dead_letter_entry_free(void *pointer)
{
        DeadLetterEntry *entry = pointer;

        g_free(entry->pool);
        g_free(entry->type);
        g_free(entry->process);
        g_free(entry->reason);
        event_unref(entry->event);
        g_free(entry);
}

/* Reading. */

/* 1 with an entry, 0 at the end of the array. */
static int read_entry(sd_bus_message *reply, const char *pool, DeadLetterEntry **ret)
{
        const char *type, *reason, *process;
        uint64_t serial, realtime_usec;
        uint32_t n_attempts;
        int is_retried;
        int r = sd_bus_message_read(reply, "(tssutsb)", &serial, &type, &reason, &n_attempts,
                        &realtime_usec, &process, &is_retried);

        if (r <= 0)
                return r;
        *ret = g_new0(DeadLetterEntry, 1);
        **ret = (DeadLetterEntry){
                .pool = g_strdup(pool),
                .type = g_strdup(type),
                .process = g_strdup(process),
                .reason = g_strdup(reason),
                .serial = serial,
                .realtime_usec = realtime_usec,
                .n_attempts = n_attempts,
                .is_retried = is_retried,
        };
        return 1;
}

static int read_entries(sd_bus_message *reply, const char *pool, GPtrArray *list)
{
        DeadLetterEntry *entry;
        int r = sd_bus_message_enter_container(reply, 'a', "(tssutsb)");

        while (r > 0 && (r = read_entry(reply, pool, &entry)) > 0)
                g_ptr_array_add(list, entry);
        return r;
}

bool dead_letter_list_read(Client *client, const char *pool, GPtrArray *list, GError **error)
{
        g_autofree char *path = bus_path_pool(pool);
        g_autoptr(sd_bus_message) call = NULL;
        g_autoptr(sd_bus_message) reply = NULL;
        int r = client_new_call_on(client, path, BUS_INTERFACE_POOL, "ListDeadLetters", &call);

        if (r >= 0 && !client_call(client, call, CLIENT_TIMEOUT, READ_ACTION, &reply, error))
                return false;
        if (r >= 0)
                r = read_entries(reply, pool, list);
        if (r < 0)
                client_set_error(NULL, r, READ_ACTION, error);
        return r >= 0;
}

static int read_letter(
                sd_bus_message *reply, const char *pool, uint64_t serial, DeadLetterEntry **ret)
{
        g_autoptr(Event) event = NULL;
        uint64_t poolserial, realtime_usec, unused;
        const char *reason, *process;
        uint32_t n_attempts;
        int is_retried, r;

        r = sd_bus_message_read(reply, "tsutsb", &poolserial, &reason, &n_attempts, &realtime_usec,
                        &process, &is_retried);
        if (r < 0)
                return r;
        r = event_message_read_item(reply, &event, &unused);
        if (r < 0)
                return r;
        *ret = g_new0(DeadLetterEntry, 1);
        **ret = (DeadLetterEntry){
                .pool = g_strdup(pool),
                .type = g_strdup(event_type_to_string(event->type)),
                .process = g_strdup(process),
                .reason = g_strdup(reason),
                .serial = serial,
                .poolserial = poolserial,
                .realtime_usec = realtime_usec,
                .n_attempts = n_attempts,
                .is_retried = is_retried,
                .event = g_steal_pointer(&event),
        };
        return 0;
}

DeadLetterEntry *dead_letter_read(Client *client, const char *pool, uint64_t serial, GError **error)
{
        g_autofree char *path = bus_path_pool(pool);
        g_autoptr(sd_bus_message) call = NULL;
        g_autoptr(sd_bus_message) reply = NULL;
        DeadLetterEntry *entry;
        int r = client_new_call_on(client, path, BUS_INTERFACE_POOL, "ShowDeadLetter", &call);

        if (r >= 0)
                r = sd_bus_message_append(call, "t", serial);
        if (r >= 0 && !client_call(client, call, CLIENT_TIMEOUT, READ_ACTION, &reply, error))
                return NULL;
        if (r >= 0)
                r = read_letter(reply, pool, serial, &entry);
        if (r >= 0)
                return entry;
        client_set_error(NULL, r, READ_ACTION, error);
        return NULL;
}

/* For people. */

static char *how_it_came(const DeadLetterEntry *entry)
{
        return g_strdup_printf("%u attempt%s, %s%s: %s%s", entry->n_attempts,
                        entry->n_attempts == 1 ? "" : "s",
                        entry->n_attempts == 1 ? "by " : "the last by ", entry->process,
                        entry->reason, entry->is_retried ? " (is tried again)" : "");
}

void dead_letter_list_print(const Output *output, const GPtrArray *list)
{
        unsigned width = 0;

        for (unsigned i = 0; i < list->len; i++) {
                const DeadLetterEntry *entry = list->pdata[i];

                width = MAX(width, (unsigned)g_utf8_strlen(entry->pool, -1));
        }
        for (unsigned i = 0; i < list->len; i++) {
                const DeadLetterEntry *entry = list->pdata[i];
                g_autofree char *time_text = event_text_time(entry->realtime_usec);
                g_autofree char *blanks =
                                g_strnfill(width - (unsigned)g_utf8_strlen(entry->pool, -1), ' ');
                g_autofree char *head = g_strdup_printf("%s%s %6" G_GUINT64_FORMAT "  %-*s ",
                                entry->pool, blanks, entry->serial, TYPE_WIDTH, entry->type);
                g_autofree char *how = how_it_came(entry);
                const Piece pieces[] = {
                        { head, COLOR_NONE },
                        { time_text, COLOR_FAINT },
                        { "  ", COLOR_NONE },
                        { how, entry->is_retried ? COLOR_BUSY : COLOR_BAD },
                };

                output_pieces(output, pieces, G_N_ELEMENTS(pieces));
        }
}

void dead_letter_print(const Output *output, const DeadLetterEntry *entry)
{
        g_autofree char *time_text = event_text_time(entry->realtime_usec);
        g_autofree char *how = how_it_came(entry);
        g_autofree char *first =
                        g_strdup_printf("%s %" G_GUINT64_FORMAT ", poolserial %" G_GUINT64_FORMAT,
                                        entry->pool, entry->serial, entry->poolserial);
        g_autofree char *second = g_strdup_printf("given up %s: %s", time_text, how);

        output_line(output, first);
        output_line(output, second);
        event_text_print(output, entry->event);
}

/* For programs. */

static json_object *entry_to_json(const DeadLetterEntry *entry)
{
        json_object *object = json_object_new_object();

        json_object_object_add(object, "pool", json_object_new_string(entry->pool));
        json_object_object_add(object, "serial", json_object_new_uint64(entry->serial));
        json_object_object_add(object, "type", json_object_new_string(entry->type));
        json_object_object_add(object, "realtime", json_object_new_uint64(entry->realtime_usec));
        json_object_object_add(object, "attempts", json_object_new_int64(entry->n_attempts));
        json_object_object_add(object, "process", json_object_new_string(entry->process));
        json_object_object_add(object, "reason", json_object_new_string(entry->reason));
        json_object_object_add(object, "retried", json_object_new_boolean(entry->is_retried));
        return object;
}

static char *to_text(json_object *object)
{
        char *text = g_strdup(json_object_to_json_string_ext(
                        object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));

        json_object_put(object);
        return text;
}

char *dead_letter_list_to_json(const GPtrArray *list)
{
        json_object *array = json_object_new_array();

        for (unsigned i = 0; i < list->len; i++)
                json_object_array_add(array, entry_to_json(list->pdata[i]));
        return to_text(array);
}

char *dead_letter_to_json(const DeadLetterEntry *entry)
{
        json_object *object = entry_to_json(entry);
        g_autofree char *line = event_to_json_line(entry->event);

        json_object_object_add(object, "poolserial", json_object_new_uint64(entry->poolserial));
        json_object_object_add(object, "event", json_tokener_parse(line));
        return to_text(object);
}

char *dead_letter_count_to_json(const char *pool, const char *what, uint32_t n)
{
        json_object *object = json_object_new_object();

        json_object_object_add(object, "pool", json_object_new_string(pool));
        json_object_object_add(object, what, json_object_new_int64(n));
        return to_text(object);
}
