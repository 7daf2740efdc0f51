/* Reading what comes out of a pipe or is written into one is as good as reading the log of it, so
 * output events are under the same right as logs, and writing to stdin under that of acting. */

#include "daemon/face/access-right.h"

#include <stdbool.h>
#include <string.h>

#include "bus/cleanup.h"
#include "bus/names.h"
#include "daemon/face/string-array.h"

#define CONTROL BUS_NAME ".control"
#define RELOAD  BUS_NAME ".reload"
#define LOGS    BUS_NAME ".logs"

/* A call that waits for somebody to type a password lies in memory all that time. */
#define WAITING_MAX_BYTES (64 * 1024)

typedef struct Row {
        const char *interface; /* NULL = any */
        const char *member;
        const char *action;
} Row;

static const Row rows[] = {
        { NULL, "Start", CONTROL },
        { NULL, "Stop", CONTROL },
        { NULL, "Restart", CONTROL },
        { NULL, "Signal", CONTROL },
        { BUS_INTERFACE_PROCESS, "WriteStdin", CONTROL },
        { BUS_INTERFACE_MANAGER, "Shutdown", CONTROL },
        { "org.freedesktop.DBus.Properties", "Set", CONTROL },
        { BUS_INTERFACE_EVENTS, "SendRemoteCommunication", CONTROL },

        { BUS_INTERFACE_MANAGER, "PlanReload", RELOAD },
        { BUS_INTERFACE_MANAGER, "ApplyReload", RELOAD },
        { BUS_INTERFACE_MANAGER, "ListConfigurations", RELOAD },
        { BUS_INTERFACE_MANAGER, "DescribeConfigurations", RELOAD },
        { BUS_INTERFACE_MANAGER, "AddGroup", RELOAD },
        { BUS_INTERFACE_MANAGER, "RemoveGroup", RELOAD },
        { BUS_INTERFACE_MANAGER, "Reload", RELOAD },

        { NULL, "ReadLog", LOGS },
        { NULL, "TailLog", LOGS },
        { NULL, "OpenLog", LOGS },
        { NULL, "ClearLog", LOGS },
        { NULL, "ClearLogs", LOGS },
        { NULL, "ReopenLogs", LOGS },
        { BUS_INTERFACE_EVENTS, "Subscribe", LOGS },
        { BUS_INTERFACE_EVENTS, "EventsSince", LOGS },
        { BUS_INTERFACE_POOL, "ListDeadLetters", LOGS },
        { BUS_INTERFACE_POOL, "ShowDeadLetter", LOGS },
        { BUS_INTERFACE_POOL, "RetryDeadLetters", CONTROL },
        { BUS_INTERFACE_POOL, "DropDeadLetters", CONTROL },
};

const char *access_right_of(sd_bus_message *call)
{
        const char *interface = sd_bus_message_get_interface(call);
        const char *member = sd_bus_message_get_member(call);

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
                if (g_strcmp0(rows[i].member, member) == 0 &&
                                (!rows[i].interface ||
                                                g_strcmp0(rows[i].interface, interface) == 0))
                        return rows[i].action;
        return NULL;
}

/* What one argument takes, and moves on behind it. All of ours are basic ones or arrays of them. */
static int weigh_argument(sd_bus_message *call, char type, const char *contents, size_t *ret)
{
        const char *text;
        const void *data;
        int r;

        if (type == SD_BUS_TYPE_STRING) {
                r = sd_bus_message_read(call, "s", &text);
                *ret += r > 0 ? strlen(text) : 0;
                return r;
        }
        if (type != SD_BUS_TYPE_ARRAY)
                return sd_bus_message_skip(call, (char[]){ type, '\0' });
        if (strcmp(contents, "s") != 0) {
                size_t size;

                r = sd_bus_message_read_array(call, contents[0], &data, &size);
                *ret += r > 0 ? size : 0;
                return r < 0 ? r : 1;
        }
        r = sd_bus_message_enter_container(call, 'a', "s");
        while (r >= 0 && (r = sd_bus_message_read(call, "s", &text)) > 0)
                *ret += strlen(text) + 1;
        return r < 0 ? r : sd_bus_message_exit_container(call);
}

static bool is_small(sd_bus_message *call)
{
        const char *contents;
        size_t bytes = 0;
        char type;
        int r;

        if (sd_bus_message_rewind(call, true) < 0)
                return false;
        while ((r = sd_bus_message_peek_type(call, &type, &contents)) > 0 &&
                        bytes <= WAITING_MAX_BYTES)
                if (weigh_argument(call, type, contents, &bytes) < 0)
                        return false;
        return r >= 0 && bytes <= WAITING_MAX_BYTES && sd_bus_message_rewind(call, true) >= 0;
}

static void add_detail(GHashTable *details, const char *name, const char *value)
{
        g_hash_table_replace(details, g_strdup(name), g_strdup(value));
}

static void add_object(GHashTable *details, const char *path)
{
        g_autofree char *group = NULL, *process = NULL;

        if (bus_path_parse_process(path, &group, &process))
                add_detail(details, "process", process);
        else if (!bus_path_parse_group(path, &group) && !bus_path_parse_pool(path, &group))
                return;
        add_detail(details, "group", group);
}

/* "GROUP:PROCESS", or "NAME" for both; a pattern is no name. */
static void add_only_name(GHashTable *details, const char *name)
{
        const char *colon = strchr(name, ':');
        g_autofree char *group = colon ? g_strndup(name, colon - name) : g_strdup(name);
        const char *process = colon ? colon + 1 : name;

        if (strcmp(name, "all") == 0 || strpbrk(name, "*?["))
                return;
        add_detail(details, "group", group);
        if (*process)
                add_detail(details, "process", process);
}

static void add_names(GHashTable *details, sd_bus_message *call)
{
        g_auto(GStrv) names = NULL;
        g_autofree char *all = NULL;

        auto_bus_error unused = SD_BUS_ERROR_NULL;

        if (string_array_read(call, &names, &unused) < 0)
                return;
        all = g_strjoinv(" ", names);
        add_detail(details, "names", all);
        if (names[0] && !names[1])
                add_only_name(details, names[0]);
}

GHashTable *access_right_details(sd_bus_message *call)
{
        g_autoptr(GHashTable) details =
                        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

        if (!is_small(call))
                return NULL;
        add_object(details, sd_bus_message_get_path(call));
        if (g_strcmp0(sd_bus_message_get_interface(call), BUS_INTERFACE_MANAGER) == 0 &&
                        g_str_has_prefix(sd_bus_message_get_signature(call, true), "as"))
                add_names(details, call);
        if (sd_bus_message_rewind(call, true) < 0)
                return NULL;
        return g_steal_pointer(&details);
}
