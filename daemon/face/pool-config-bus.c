/* With the words that the configuration has for them. */

#include "daemon/face/pool-config-bus.h"

#include <string.h>

#include "bus/names.h"
#include "daemon/process/group.h"

#define USEC_PER_SEC UINT64_C(1000000)

int pool_config_bus_get_name(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "s", group_config(userdata)->name);
}

int pool_config_bus_get_buffer_size(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(
                        reply, "u", (uint32_t)MIN(group_config(userdata)->buffer_size, UINT32_MAX));
}

int pool_config_bus_get_event_timeout(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(
                        reply, "t", (uint64_t)group_config(userdata)->event_timeout * USEC_PER_SEC);
}

int pool_config_bus_get_max_attempts(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "u", (uint32_t)group_config(userdata)->max_attempts);
}

int pool_config_bus_get_list(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const GroupConfig *config = group_config(userdata);
        const struct {
                const char *property;
                char **list;
        } lists[] = {
                { "Events", config->event_names },
                { "FilterProcesses", config->filter.processes },
                { "FilterGroups", config->filter.groups },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
                if (strcmp(lists[i].property, property) == 0)
                        return sd_bus_message_append_strv(reply, lists[i].list);
        g_assert_not_reached();
}

int pool_config_bus_get_text(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const GroupConfig *config = group_config(userdata);
        const struct {
                const char *property, *text;
        } texts[] = {
                { "FilterExpected", event_expected_names[config->filter.expected] },
                { "Overflow", pool_overflow_names[config->overflow] },
                { "Protocol", pool_protocol_names[config->protocol] },
                { "PayloadLength", payload_length_names[config->payload_length] },
                { "ResultHandler", config->result_handler },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
                if (strcmp(texts[i].property, property) == 0)
                        return sd_bus_message_append(reply, "s", texts[i].text);
        g_assert_not_reached();
}

int pool_config_bus_get_bool(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const GroupConfig *config = group_config(userdata);
        bool value = strcmp(property, "Durable") == 0 ? config->durable : config->event_extras;

        return sd_bus_message_append(reply, "b", (int)value);
}

int pool_config_bus_emit_changed(sd_bus *bus, const char *path)
{
        return sd_bus_emit_properties_changed(bus, path, BUS_INTERFACE_POOL, "Events", "BufferSize",
                        "FilterProcesses", "FilterGroups", "FilterExpected", "EventExtras",
                        "EventTimeoutUSec", "MaxAttempts", "Overflow", "Protocol", "PayloadLength",
                        "ResultHandler", "Durable", NULL);
}
