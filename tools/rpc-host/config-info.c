/* The bus leaves out what is false, 0 or unset; here everything is told, in the words and the order
 * of Supervisor. */

#include "tools/rpc-host/config-info.h"

#include <string.h>

#include "bus/cleanup.h"
#include "tools/rpc-host/process-info.h"

/* How an option is told. */
typedef enum FieldKind {
        FIELD_BOOLEAN,
        FIELD_INT,
        FIELD_ARRAY,
        FIELD_TEXT, /* "none" when it is unset */
        FIELD_NUMBER_OR_NONE,
        FIELD_LOG,     /* path, "auto" or "none" */
        FIELD_RESTART, /* false, true or "unexpected" */
        FIELD_GROUP,   /* the rest is about more than the options */
        FIELD_GROUP_PRIORITY,
        FIELD_IN_USE,
        FIELD_NAME,
} FieldKind;

static const struct {
        const char *name;
        FieldKind kind;
        const char *option; /* NULL = of the same name */
} fields[] = {
        { "autostart", FIELD_BOOLEAN, NULL },
        { "autorestart", FIELD_RESTART, NULL },
        { "directory", FIELD_TEXT, NULL },
        { "uid", FIELD_NUMBER_OR_NONE, NULL },
        { "command", FIELD_TEXT, NULL },
        { "exitcodes", FIELD_ARRAY, NULL },
        { "group", FIELD_GROUP, NULL },
        { "group_prio", FIELD_GROUP_PRIORITY, NULL },
        { "inuse", FIELD_IN_USE, NULL },
        { "killasgroup", FIELD_BOOLEAN, NULL },
        { "name", FIELD_NAME, NULL },
        { "process_prio", FIELD_INT, "priority" },
        { "redirect_stderr", FIELD_BOOLEAN, NULL },
        { "startretries", FIELD_INT, NULL },
        { "startsecs", FIELD_INT, NULL },
        { "stdout_capture_maxbytes", FIELD_INT, NULL },
        { "stdout_events_enabled", FIELD_BOOLEAN, NULL },
        { "stdout_logfile", FIELD_LOG, NULL },
        { "stdout_logfile_backups", FIELD_INT, NULL },
        { "stdout_logfile_maxbytes", FIELD_INT, NULL },
        { "stdout_syslog", FIELD_BOOLEAN, NULL },
        { "stopsignal", FIELD_INT, NULL },
        { "stopwaitsecs", FIELD_INT, NULL },
        { "stderr_capture_maxbytes", FIELD_INT, NULL },
        { "stderr_events_enabled", FIELD_BOOLEAN, NULL },
        { "stderr_logfile", FIELD_LOG, NULL },
        { "stderr_logfile_backups", FIELD_INT, NULL },
        { "stderr_logfile_maxbytes", FIELD_INT, NULL },
        { "stderr_syslog", FIELD_BOOLEAN, NULL },
        { "serverurl", FIELD_TEXT, NULL },
};

/* A configured process. */
typedef struct Configuration {
        const char *group, *process;
        bool in_use;
        int64_t group_priority;
        const char *stdout_log, *stderr_log; /* of the process that there is; NULL = none */
        Value *options;                      /* by name, as the bus has them */
} Configuration;

static void configuration_clear(Configuration *configuration)
{
        value_free(configuration->options);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Configuration, configuration_clear)

/* Reading options. */

static int read_numbers(sd_bus_message *reply, Value **ret)
{
        g_autoptr(Value) array = value_new_array();
        int32_t number;
        int r = sd_bus_message_enter_container(reply, 'a', "i");

        while (r >= 0 && (r = sd_bus_message_read(reply, "i", &number)) > 0)
                value_append(array, value_new_int(number));
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&array);
        return sd_bus_message_exit_container(reply);
}

static int read_basic(sd_bus_message *reply, char type, Value **ret)
{
        union {
                const char *text;
                int truth;
                int32_t i32;
                uint32_t u32;
                int64_t i64;
        } basic;
        int r = sd_bus_message_read_basic(reply, type, &basic);

        if (r < 0)
                return r;
        switch (type) {
        case SD_BUS_TYPE_STRING:
                *ret = value_new_string(basic.text);
                break;
        case SD_BUS_TYPE_BOOLEAN:
                *ret = value_new_boolean(basic.truth);
                break;
        case SD_BUS_TYPE_INT32:
                *ret = value_new_int(basic.i32);
                break;
        case SD_BUS_TYPE_UINT32:
                *ret = process_info_new_int(basic.u32);
                break;
        case SD_BUS_TYPE_INT64:
                *ret = process_info_new_int(basic.i64);
                break;
        }
        return 0;
}

/* *ret stays NULL for types that nothing here is of. */
static int read_variant(sd_bus_message *reply, Value **ret)
{
        const char *type;
        int r = sd_bus_message_peek_type(reply, NULL, &type);

        if (r < 0)
                return r;
        if (strcmp(type, "ai") != 0 && (strlen(type) != 1 || !strchr("sbiux", *type)))
                return sd_bus_message_skip(reply, "v");
        r = sd_bus_message_enter_container(reply, 'v', type);
        if (r >= 0)
                r = *type == 'a' ? read_numbers(reply, ret) : read_basic(reply, *type, ret);
        return r < 0 ? r : sd_bus_message_exit_container(reply);
}

static int read_options(sd_bus_message *reply, Value *options)
{
        const char *name;
        int r = sd_bus_message_enter_container(reply, 'a', "{sv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(reply, 'e', "sv")) > 0) {
                Value *value = NULL;

                r = sd_bus_message_read(reply, "s", &name);
                if (r >= 0)
                        r = read_variant(reply, &value);
                if (value)
                        value_set(options, name, value);
                if (r >= 0)
                        r = sd_bus_message_exit_container(reply);
        }
        return r < 0 ? r : sd_bus_message_exit_container(reply);
}

/* Telling them. */

static Value *tell_text(const Value *option)
{
        return value_new_string(option ? value_string(option, NULL) : "none");
}

static Value *tell_log(const Value *option, const char *path)
{
        if (!option || strcmp(value_string(option, NULL), "AUTO") != 0)
                return tell_text(option);
        return value_new_string(path ? path : "auto");
}

static Value *tell_restart(const Value *option)
{
        const char *text = option ? value_string(option, NULL) : "";

        return strcmp(text, "unexpected") == 0 ? value_new_string(text)
                                               : value_new_boolean(*text != '\0');
}

static Value *tell_numbers(const Value *option)
{
        Value *array = value_new_array();

        for (size_t i = 0; option && i < value_length(option); i++)
                value_append(array, value_new_int(value_int(value_at(option, i))));
        return array;
}

static Value *tell_option(const Configuration *configuration, FieldKind kind, const char *name)
{
        const Value *option = value_find(configuration->options, name);

        switch (kind) {
        case FIELD_BOOLEAN:
                return value_new_boolean(option && value_boolean(option));
        case FIELD_INT:
                return value_new_int(option ? value_int(option) : 0);
        case FIELD_NUMBER_OR_NONE:
                return option ? value_new_int(value_int(option)) : value_new_string("none");
        case FIELD_ARRAY:
                return tell_numbers(option);
        case FIELD_TEXT:
                return tell_text(option);
        case FIELD_LOG:
                return tell_log(option, strcmp(name, "stdout_logfile") == 0
                                                        ? configuration->stdout_log
                                                        : configuration->stderr_log);
        case FIELD_RESTART:
                return tell_restart(option);
        case FIELD_GROUP:
                return value_new_string(configuration->group);
        case FIELD_GROUP_PRIORITY:
                return process_info_new_int(configuration->group_priority);
        case FIELD_IN_USE:
                return value_new_boolean(configuration->in_use);
        case FIELD_NAME:
                return value_new_string(configuration->process);
        }
        g_assert_not_reached();
}

static Value *tell(const Configuration *configuration)
{
        Value *value = value_new_struct();

        for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
                const char *option = fields[i].option ? fields[i].option : fields[i].name;

                value_set(value, fields[i].name,
                                tell_option(configuration, fields[i].kind, option));
        }
        return value;
}

/* The logs of the processes that there are. */

typedef struct Logs {
        const char *out, *err; /* borrowed from the message */
} Logs;

static char *new_key(const char *group, const char *process)
{
        return g_strconcat(group, ":", process, NULL);
}

static int read_logs(sd_bus_message *reply, GHashTable *logs)
{
        const char *group, *process;
        Logs found;
        int r = sd_bus_message_enter_container(reply, 'a', "(ssss)");

        while (r >= 0 && (r = sd_bus_message_read(reply, "(ssss)", &group, &process, &found.out,
                                          &found.err)) > 0)
                g_hash_table_insert(logs, new_key(group, process), g_memdup2(&found, sizeof found));
        return r;
}

static void set_logs(Configuration *configuration, GHashTable *logs)
{
        g_autofree char *key = new_key(configuration->group, configuration->process);
        const Logs *found = configuration->in_use ? g_hash_table_lookup(logs, key) : NULL;

        if (found && *found->out)
                configuration->stdout_log = found->out;
        if (found && *found->err)
                configuration->stderr_log = found->err;
}

static int append_configuration(sd_bus_message *reply, GHashTable *logs, Value *all)
{
        g_auto(Configuration) configuration = { .options = value_new_struct() };
        int in_use;
        int r = sd_bus_message_read(reply, "ssbx", &configuration.group, &configuration.process,
                        &in_use, &configuration.group_priority);

        if (r < 0)
                return r;
        configuration.in_use = in_use;
        r = read_options(reply, configuration.options);
        if (r < 0)
                return r;
        set_logs(&configuration, logs);
        value_append(all, tell(&configuration));
        return sd_bus_message_exit_container(reply);
}

int config_info_read(sd_bus_message *configurations, sd_bus_message *logs, Value **ret)
{
        g_autoptr(GHashTable) paths =
                        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        g_autoptr(Value) all = value_new_array();
        int r = read_logs(logs, paths);

        if (r >= 0)
                r = sd_bus_message_enter_container(configurations, 'a', "(ssbxa{sv})");
        while (r >= 0 && (r = sd_bus_message_enter_container(configurations, 'r', "ssbxa{sv}")) > 0)
                r = append_configuration(configurations, paths, all);
        if (r >= 0)
                *ret = g_steal_pointer(&all);
        return r;
}
