/* Every structure is made with what Supervisor takes for "unset", so that a field that no option
 * sets means the same as an option that is not in the file. */

#include "daemon/config/config.h"

#include <string.h>
#include <unistd.h>

#include "daemon/output/main-log.h"

static void notice_free(void *pointer)
{
        ConfigNotice *notice = pointer;

        g_free(notice->text);
        g_free(notice);
}

static void free_process(void *process)
{
        process_config_free(process);
}

static void free_socket(void *socket)
{
        socket_config_free(socket);
}

static void free_group(void *group)
{
        group_config_free(group);
}

static void free_http_server(void *server)
{
        http_server_config_free(server);
}

Config *config_new(void)
{
        Config *config = g_new0(Config, 1);

        config->supervisord.uid = -1;
        config->supervisord.host_uid = -1;
        config->supervisord.gid = -1;
        config->http_servers = g_ptr_array_new_with_free_func(free_http_server);
        config->groups = g_ptr_array_new_with_free_func(free_group);
        config->notices = g_ptr_array_new_with_free_func(notice_free);
        return config;
}

static void free_supervisord(SupervisordConfig *supervisord)
{
        g_free(supervisord->logfile);
        g_free(supervisord->pidfile);
        g_free(supervisord->childlogdir);
        g_free(supervisord->user);
        g_free(supervisord->directory);
        g_free(supervisord->identifier);
        g_free(supervisord->bus);
        g_free(supervisord->bus_name);
        g_free(supervisord->host_user);
        g_free(supervisord->event_log);
        g_clear_pointer(&supervisord->environment, g_hash_table_unref);
}

Config *config_free(Config *config)
{
        if (!config)
                return NULL;
        free_supervisord(&config->supervisord);
        g_ptr_array_unref(config->http_servers);
        g_ptr_array_unref(config->groups);
        g_ptr_array_unref(config->notices);
        g_free(config->file);
        g_free(config);
        return NULL;
}

ProcessConfig *process_config_new(void)
{
        ProcessConfig *config = g_new0(ProcessConfig, 1);

        config->uid = -1;
        config->umask = -1;
        return config;
}

ProcessConfig *process_config_free(ProcessConfig *config)
{
        if (!config)
                return NULL;
        g_free(config->name);
        g_free(config->group);
        g_free(config->command);
        g_strfreev(config->command_list);
        g_clear_pointer(&config->exitcodes, g_array_unref);
        g_free(config->user);
        g_free(config->directory);
        g_free(config->serverurl);
        g_free(config->output.logfile);
        g_free(config->error.logfile);
        g_clear_pointer(&config->environment, g_hash_table_unref);
        g_free(config);
        return NULL;
}

SocketConfig *socket_config_new(void)
{
        SocketConfig *config = g_new0(SocketConfig, 1);

        config->backlog = -1;
        config->uid = -1;
        config->gid = -1;
        config->mode = -1;
        return config;
}

SocketConfig *socket_config_free(SocketConfig *config)
{
        if (!config)
                return NULL;
        g_free(config->program);
        g_free(config->url);
        g_free(config);
        return NULL;
}

GroupConfig *group_config_new(GroupKind kind)
{
        GroupConfig *config = g_new0(GroupConfig, 1);

        config->kind = kind;
        config->processes = g_ptr_array_new_with_free_func(free_process);
        config->sockets = g_ptr_array_new_with_free_func(free_socket);
        return config;
}

GroupConfig *group_config_free(GroupConfig *config)
{
        if (!config)
                return NULL;
        g_free(config->name);
        g_ptr_array_unref(config->processes);
        g_strfreev(config->event_names);
        event_filter_clear(&config->filter);
        g_free(config->result_handler);
        g_ptr_array_unref(config->sockets);
        g_free(config);
        return NULL;
}

HttpServerConfig *http_server_config_new(void)
{
        HttpServerConfig *config = g_new0(HttpServerConfig, 1);

        config->owner_uid = -1;
        config->owner_gid = -1;
        return config;
}

HttpServerConfig *http_server_config_free(HttpServerConfig *config)
{
        if (!config)
                return NULL;
        g_free(config->section);
        g_free(config->file);
        g_free(config->host);
        g_free(config->username);
        g_free(config->password);
        g_free(config);
        return NULL;
}

static bool find_group(const Config *config, const char *name, guint *ret)
{
        for (guint i = 0; i < config->groups->len; i++)
                if (strcmp(((GroupConfig *)config->groups->pdata[i])->name, name) == 0) {
                        *ret = i;
                        return true;
                }
        return false;
}

GroupConfig *config_find_group(const Config *config, const char *name)
{
        guint index;

        return find_group(config, name, &index) ? config->groups->pdata[index] : NULL;
}

GroupConfig *config_take_group(Config *config, const char *name)
{
        guint index;

        return find_group(config, name, &index) ? g_ptr_array_steal_index(config->groups, index)
                                                : NULL;
}

int group_config_compare(const GroupConfig *a, const GroupConfig *b)
{
        if (a->priority != b->priority)
                return a->priority < b->priority ? -1 : 1;
        return strcmp(a->name, b->name);
}

void config_put_group(Config *config, GroupConfig *group)
{
        guint place = 0;

        while (place < config->groups->len &&
                        group_config_compare(config->groups->pdata[place], group) <= 0)
                place++;
        g_ptr_array_insert(config->groups, place, group);
}

void config_notice(Config *config, LogLevel level, const char *format, ...)
{
        ConfigNotice *notice = g_new0(ConfigNotice, 1);
        va_list arguments;

        va_start(arguments, format);
        notice->level = level;
        notice->text = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        g_strdelimit(notice->text, "\r\n", ' ');
        g_ptr_array_add(config->notices, notice);
}

void config_log_notices(const Config *config)
{
        for (guint i = 0; i < config->notices->len; i++) {
                const ConfigNotice *notice = config->notices->pdata[i];

                main_log(notice->level, "%s", notice->text);
        }
}

char *config_server_url(const Config *config)
{
        const HttpServerConfig *chosen = NULL;

        for (unsigned i = 0; i < config->http_servers->len; i++) {
                const HttpServerConfig *server = config->http_servers->pdata[i];

                if (!chosen || !chosen->file)
                        chosen = server;
        }
        if (!chosen)
                return NULL;
        if (chosen->file)
                return g_strconcat("unix://", chosen->file, NULL);
        return g_strdup_printf(
                        "http://%s:%d", *chosen->host ? chosen->host : "localhost", chosen->port);
}

const char *autorestart_to_string(Autorestart autorestart)
{
        static const char *const names[] = {
                [AUTORESTART_FALSE] = "false",
                [AUTORESTART_UNEXPECTED] = "unexpected",
                [AUTORESTART_TRUE] = "true",
        };

        return names[autorestart];
}

const char *group_kind_to_string(GroupKind kind)
{
        static const char *const names[] = {
                [GROUP_PROGRAM] = "program",
                [GROUP_EVENTLISTENER] = "eventlistener",
                [GROUP_FCGI_PROGRAM] = "fcgi-program",
        };

        return names[kind];
}

bool process_config_changes_user(const ProcessConfig *config)
{
        return config->uid != (uid_t)-1 && config->uid != geteuid();
}

bool process_config_expects(const ProcessConfig *config, int exit_code)
{
        for (unsigned i = 0; i < config->exitcodes->len; i++)
                if (g_array_index(config->exitcodes, int, i) == exit_code)
                        return true;
        return false;
}
