/* The options of a section are dumped by walking the option table, each by its type; only what is
 * no option of the file (names, kinds, what a command splits into) is written out here. */

#include "daemon/config/dump.h"

#include <json-c/json.h>
#include <string.h>

#include "daemon/config/command-line.h"
#include "daemon/config/options.h"
#include "daemon/config/value.h"

typedef struct json_object Json;

static Json *json_string(const char *text)
{
        return text ? json_object_new_string(text) : NULL;
}

static Json *json_octal(int number)
{
        char text[16];

        if (number == -1)
                return NULL;
        g_snprintf(text, sizeof text, number < 0 ? "-0%o" : "0%o",
                        number < 0 ? -(unsigned)number : (unsigned)number);
        return json_object_new_string(text);
}

/* -1 stands for "no such user", "unchanged". */
static Json *json_id(unsigned id)
{
        return id == (unsigned)-1 ? NULL : json_object_new_int64(id);
}

static Json *json_signed_id(unsigned id)
{
        return json_object_new_int64(id == (unsigned)-1 ? -1 : (int64_t)id);
}

static Json *json_owner(uid_t uid, gid_t gid)
{
        Json *pair = json_object_new_array();

        json_object_array_add(pair, json_signed_id(uid));
        json_object_array_add(pair, json_signed_id(gid));
        return pair;
}

static Json *json_strings(char *const *strings)
{
        Json *list = json_object_new_array();

        for (; strings && *strings; strings++)
                json_object_array_add(list, json_object_new_string(*strings));
        return list;
}

static Json *json_integers(const GArray *numbers)
{
        Json *list = json_object_new_array();

        for (unsigned i = 0; i < numbers->len; i++)
                json_object_array_add(list, json_object_new_int64(g_array_index(numbers, int, i)));
        return list;
}

static int compare_names(const void *a, const void *b)
{
        return strcmp(a, b);
}

static Json *json_environment(GHashTable *environment)
{
        Json *object = json_object_new_object();
        GList *names = g_list_sort(g_hash_table_get_keys(environment), compare_names);

        for (GList *name = names; name; name = name->next)
                json_object_object_add(object, name->data,
                                json_string(g_hash_table_lookup(environment, name->data)));
        g_list_free(names);
        return object;
}

static Json *json_autorestart(Autorestart autorestart)
{
        if (autorestart == AUTORESTART_UNEXPECTED)
                return json_object_new_string("unexpected");
        return json_object_new_boolean(autorestart == AUTORESTART_TRUE);
}

static Json *json_flags(const Option *option, unsigned set)
{
        Json *list = json_object_new_array();

        for (int i = 0; option->choices[i]; i++)
                if (set & (1u << i))
                        json_object_array_add(list, json_string(option->choices[i]));
        return list;
}

static Json *json_field(const Option *option, const void *structure)
{
        const char *field = (const char *)structure + option->offset;
        const char *also = (const char *)structure + option->also;

        switch (option->type) {
        case OPTION_STRING:
        case OPTION_DIRECTORY:
        case OPTION_PATH:
        case OPTION_ABSOLUTE:
        case OPTION_LOGFILE:
        case OPTION_ADDRESS:
        case OPTION_NAME:
        case OPTION_BUS:
        case OPTION_STATE:
        case OPTION_COMMAND:
        case OPTION_USER:
                return json_string(*(char *const *)(const void *)field);
        case OPTION_BOOLEAN:
                return json_object_new_boolean(*(const bool *)field);
        case OPTION_INTEGER:
        case OPTION_BYTES:
        case OPTION_DURATION:
                return json_object_new_int64(*(const int64_t *)(const void *)field);
        case OPTION_SECONDS:
                return json_object_new_double(*(const double *)(const void *)field);
        case OPTION_OCTAL:
                return json_octal(*(const int *)(const void *)field);
        case OPTION_LOG_LEVEL:
                return json_string(log_level_to_string(*(const LogLevel *)(const void *)field));
        case OPTION_SIGNAL:
                return json_object_new_int64(*(const int *)(const void *)field);
        case OPTION_EXIT_CODES:
                return json_integers(*(GArray *const *)(const void *)field);
        case OPTION_AUTORESTART:
                return json_autorestart(*(const Autorestart *)(const void *)field);
        case OPTION_CHOICE:
                return json_string(option->choices[*(const int *)(const void *)field]);
        case OPTION_FLAGS:
                return json_flags(option, *(const unsigned *)(const void *)field);
        case OPTION_OWNER:
                return json_owner(*(const uid_t *)(const void *)field,
                                *(const gid_t *)(const void *)also);
        case OPTION_ENVIRONMENT:
                return json_environment(*(GHashTable *const *)(const void *)field);
        case OPTION_LIST:
        case OPTION_EVENTS:
                return json_strings(*(char **const *)(const void *)field);
        case _OPTION_TYPE_MAX:
                break;
        }
        g_assert_not_reached();
}

/* All options of the kind that are fields of this structure, under their names. */
static Json *json_options(SectionKind kind, OptionTarget target, const void *structure)
{
        Json *object = json_object_new_object();

        for (size_t i = 0; i < n_options; i++)
                if (options[i].target == target && (options[i].sections & SECTION_BIT(kind)))
                        json_object_object_add(object, options[i].name,
                                        json_field(&options[i], structure));
        return object;
}

static Json *json_supervisord(const Config *config)
{
        const SupervisordConfig *supervisord = &config->supervisord;
        Json *object = json_options(SECTION_SUPERVISORD, TARGET_SUPERVISORD, supervisord);
        g_autofree char *url = config_server_url(config);

        json_object_object_add(object, "uid", json_id(supervisord->uid));
        json_object_object_add(object, "gid", json_id(supervisord->gid));
        json_object_object_add(object, "serverurl", json_string(url));
        return object;
}

static Json *json_http_server(const HttpServerConfig *server)
{
        const char *name;
        SectionKind kind = section_kind_from_header(server->section, &name);
        Json *object = json_options(kind, TARGET_HTTP_SERVER, server);

        json_object_object_add(object, "section", json_string(server->section));
        json_object_object_add(object, "name", json_string(name));
        json_object_object_add(object, "family", json_string(server->file ? "unix" : "inet"));
        if (!server->file) {
                json_object_object_add(object, "host", json_string(server->host));
                json_object_object_add(object, "port", json_object_new_int(server->port));
        }
        return object;
}

/* What starting it would run, or why it would fail. */
static void add_argv(Json *object, const ProcessConfig *process)
{
        g_auto(GStrv) arguments = g_strdupv(process->command_list);
        g_autoptr(GError) error = NULL;

        if (!arguments)
                command_line_split(process->command, &arguments, &error);
        json_object_object_add(object, "argv", arguments ? json_strings(arguments) : NULL);
        json_object_object_add(object, "argv_error", error ? json_string(error->message) : NULL);
}

static Json *json_socket(const SocketConfig *socket)
{
        Json *object = json_object_new_object();

        json_object_object_add(object, "url", json_string(socket->url));
        json_object_object_add(object, "backlog",
                        socket->backlog < 0 ? NULL : json_object_new_int64(socket->backlog));
        json_object_object_add(object, "owner",
                        socket->uid == (uid_t)-1 ? NULL : json_owner(socket->uid, socket->gid));
        json_object_object_add(object, "mode", json_octal(socket->mode));
        return object;
}

static Json *json_process(const ProcessConfig *process)
{
        Json *object = json_options(SECTION_PROGRAM, TARGET_PROCESS, process);
        g_autofree char *stopsignal = value_signal_to_string(process->stopsignal);
        g_autofree char *namespec =
                        strcmp(process->group, process->name) == 0
                                        ? g_strdup(process->name)
                                        : g_strconcat(process->group, ":", process->name, NULL);

        json_object_object_add(object, "name", json_string(process->name));
        json_object_object_add(object, "namespec", json_string(namespec));
        json_object_object_add(object, "uid", json_id(process->uid));
        if (process->socket)
                json_object_object_add(object, "socket", json_socket(process->socket));
        json_object_object_add(object, "stopsignal_name", json_string(stopsignal));
        add_argv(object, process);
        return object;
}

/* In the order of the file, which is not quite that of starting. */
static Json *json_processes(const GPtrArray *processes)
{
        Json *list = json_object_new_array();

        for (unsigned i = 0; i < processes->len; i++) {
                const ProcessConfig *process = processes->pdata[i];

                json_object_array_put_idx(list, process->position, json_process(process));
        }
        return list;
}

/* The option of that name has to give way to the list of processes, which is the older one. */
static void add_filter(Json *object, const GroupConfig *group)
{
        json_object_object_add(object, "filter_processes", json_strings(group->filter.processes));
        json_object_object_add(object, "filter_groups", json_strings(group->filter.groups));
        json_object_object_del(object, "groups");
}

static Json *json_group(const GroupConfig *group)
{
        Json *object = group->kind == GROUP_EVENTLISTENER
                                       ? json_options(SECTION_EVENTLISTENER, TARGET_GROUP, group)
                                       : json_object_new_object();

        if (group->kind == GROUP_EVENTLISTENER)
                add_filter(object, group);
        json_object_object_add(object, "name", json_string(group->name));
        json_object_object_add(object, "type", json_string(group_kind_to_string(group->kind)));
        json_object_object_add(object, "priority", json_object_new_int64(group->priority));
        if (group->kind == GROUP_FCGI_PROGRAM)
                json_object_object_add(object, "socket", json_socket(group->sockets->pdata[0]));
        json_object_object_add(object, "processes", json_processes(group->processes));
        return object;
}

static Json *json_config(const Config *config)
{
        Json *object = json_object_new_object(), *servers = json_object_new_array(),
             *groups = json_object_new_array();

        for (unsigned i = 0; i < config->http_servers->len; i++)
                json_object_array_add(servers, json_http_server(config->http_servers->pdata[i]));
        for (unsigned i = 0; i < config->groups->len; i++)
                json_object_array_add(groups, json_group(config->groups->pdata[i]));
        json_object_object_add(object, "supervisord", json_supervisord(config));
        json_object_object_add(object, "http_servers", servers);
        json_object_object_add(object, "groups", groups);
        return object;
}

void config_dump(const Config *config, FILE *stream)
{
        Json *object = json_config(config);

        fputs(json_object_to_json_string_ext(
                              object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE),
                        stream);
        fputc('\n', stream);
        json_object_put(object);
}
