/* The widths are Supervisor's; names are counted in characters, as there. */

#include "tools/ctl/configuration-list.h"

#include <inttypes.h>

#include <json-c/json.h>

#include "bus/cleanup.h"
#include "bus/names.h"
#include "tools/ctl/process-list.h"

#define NAME_WIDTH  32
#define REST_WIDTH  32 /* what is behind the name, as a rule */
#define LIST_ACTION "list what is configured"

ConfigurationEntry *configuration_entry_new(const ConfigurationEntry *entry)
{
        ConfigurationEntry *copy = g_new(ConfigurationEntry, 1);

        *copy = *entry;
        copy->group = g_strdup(entry->group);
        copy->process = g_strdup(entry->process);
        return copy;
}

void configuration_entry_free(void *pointer)
{
        ConfigurationEntry *entry = pointer;

        g_free(entry->group);
        g_free(entry->process);
        g_free(entry);
}

/* 1 with an entry, 0 at the end of the array. */
static int read_entry(sd_bus_message *reply, ConfigurationEntry **ret)
{
        const char *group, *process;
        int in_use, autostart;
        ConfigurationEntry entry = {};
        int r = sd_bus_message_read(reply, "(ssbbxx)", &group, &process, &in_use, &autostart,
                        &entry.group_priority, &entry.process_priority);

        if (r <= 0)
                return r;
        entry.group = (char *)group;
        entry.process = (char *)process;
        entry.in_use = in_use;
        entry.autostart = autostart;
        *ret = configuration_entry_new(&entry);
        return 1;
}

static int read_entries(sd_bus_message *reply, GPtrArray *list)
{
        ConfigurationEntry *entry;
        int r = sd_bus_message_enter_container(reply, 'a', "(ssbbxx)");

        while (r > 0 && (r = read_entry(reply, &entry)) > 0)
                g_ptr_array_add(list, entry);
        return r;
}

GPtrArray *configuration_list_read(Client *client, GError **error)
{
        g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(configuration_entry_free);
        g_autoptr(sd_bus_message) call = NULL;
        g_autoptr(sd_bus_message) reply = NULL;
        int r = client_new_call(client, BUS_INTERFACE_MANAGER, "ListConfigurations", &call);

        if (r >= 0 && !client_call(client, call, CLIENT_TIMEOUT, LIST_ACTION, &reply, error))
                return NULL;
        if (r >= 0)
                r = read_entries(reply, list);
        if (r >= 0)
                return g_steal_pointer(&list);
        client_set_error(NULL, r, LIST_ACTION, error);
        return NULL;
}

unsigned configuration_list_name_width(const GPtrArray *list, unsigned terminal_width)
{
        unsigned longest = 0;

        if (terminal_width == 0 || terminal_width >= NAME_WIDTH + REST_WIDTH)
                return NAME_WIDTH;
        for (unsigned i = 0; i < list->len; i++) {
                const ConfigurationEntry *entry = list->pdata[i];
                g_autofree char *name = process_display_name(entry->group, entry->process);

                longest = MAX(longest, (unsigned)g_utf8_strlen(name, -1));
        }
        return MIN(longest, NAME_WIDTH);
}

char *configuration_entry_line(const ConfigurationEntry *entry, unsigned width)
{
        g_autofree char *name = process_display_name(entry->group, entry->process);
        glong length = g_utf8_strlen(name, -1);
        g_autofree char *blanks = g_strnfill(length < width ? width - length : 0, ' ');

        return g_strdup_printf("%s%s %-9s %-9s %" PRId64 ":%" PRId64, name, blanks,
                        entry->in_use ? "in use" : "avail", entry->autostart ? "auto" : "manual",
                        entry->group_priority, entry->process_priority);
}

static json_object *entry_to_json(const ConfigurationEntry *entry)
{
        json_object *object = json_object_new_object();
        g_autofree char *name = process_display_name(entry->group, entry->process);

        json_object_object_add(object, "name", json_object_new_string(name));
        json_object_object_add(object, "group", json_object_new_string(entry->group));
        json_object_object_add(object, "process", json_object_new_string(entry->process));
        json_object_object_add(object, "in_use", json_object_new_boolean(entry->in_use));
        json_object_object_add(object, "autostart", json_object_new_boolean(entry->autostart));
        json_object_object_add(
                        object, "group_priority", json_object_new_int64(entry->group_priority));
        json_object_object_add(
                        object, "process_priority", json_object_new_int64(entry->process_priority));
        return object;
}

char *configuration_list_to_json(const GPtrArray *list)
{
        json_object *array = json_object_new_array();
        char *text;

        for (unsigned i = 0; i < list->len; i++)
                json_object_array_add(array, entry_to_json(list->pdata[i]));
        text = g_strdup(json_object_to_json_string_ext(
                        array, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
        json_object_put(array);
        return text;
}
