/* The calls are those of bus/log-source; here they are waited for, and fail in words for people. */

#include "tools/ctl/log-access.h"

#include "bus/cleanup.h"
#include "bus/names.h"
#include "tools/ctl/failure.h"
#include "tools/ctl/name-pattern.h"
#include "tools/ctl/process-list.h"

#define READ_ACTION "read the log"

static bool find_named(Client *client, const char *name, const char *channel, LogSource *ret_source,
                GError **error)
{
        g_autoptr(sd_bus_message) call = NULL;
        g_autoptr(sd_bus_message) reply = NULL;
        const char *path;
        int r = client_new_call(client, BUS_INTERFACE_MANAGER, "GetProcess", &call);

        if (r >= 0)
                r = sd_bus_message_append(call, "s", name);
        if (r >= 0 && !client_call(client, call, CLIENT_TIMEOUT, READ_ACTION, &reply, error))
                return false;
        if (r >= 0)
                r = sd_bus_message_read(reply, "o", &path);
        if (r < 0) {
                client_set_error(NULL, r, READ_ACTION, error);
                return false;
        }
        *ret_source = (LogSource){ .path = g_strdup(path), .channel = channel };
        return true;
}

/* Of a pattern, the daemon knowing none. */
static bool find_matching(Client *client, const char *pattern, const char *channel,
                LogSource *ret_source, GError **error)
{
        g_autoptr(GPtrArray) list = process_list_read(client, error);
        g_autoptr(GPtrArray) selection = g_ptr_array_new();
        const ProcessEntry *entry;

        if (!list)
                return false;
        process_list_select(list, pattern, selection);
        if (selection->len != 1) {
                if (selection->len == 0)
                        g_set_error_literal(error, FAILURE, FAILURE_NO_SUCH_NAME, "no match");
                else
                        g_set_error(error, FAILURE, FAILURE_OTHER,
                                        "%s means several processes, and only one log can be shown",
                                        pattern);
                return false;
        }
        entry = selection->pdata[0];
        *ret_source = (LogSource){ .path = g_strdup(entry->path), .channel = channel };
        return true;
}

bool log_access_find(Client *client, const char *name, const char *channel, LogSource *ret_source,
                GError **error)
{
        g_autoptr(GError) own = NULL;

        if (find_named(client, name, channel, ret_source, &own))
                return true;
        if (name_pattern_is(name) && g_error_matches(own, FAILURE, FAILURE_NO_SUCH_NAME))
                return find_matching(client, name, channel, ret_source, error);
        g_propagate_error(error, g_steal_pointer(&own));
        return false;
}

bool log_access_open(const LogSource *source, Client *client, int *ret_fd, GError **error)
{
        g_autoptr(sd_bus_message) call = NULL;
        g_autoptr(sd_bus_message) reply = NULL;
        int r = log_source_new_open(source, client_bus(client), client_bus_name(client), &call);

        if (r >= 0 && !client_call(client, call, CLIENT_TIMEOUT, READ_ACTION, &reply, error))
                return false;
        if (r >= 0)
                r = log_source_get_opened(reply, ret_fd);
        if (r < 0)
                client_set_error(NULL, r, READ_ACTION, error);
        return r >= 0;
}

bool log_access_read(const LogSource *source, Client *client, int64_t offset,
                sd_bus_message **ret_reply, GError **error)
{
        g_autoptr(sd_bus_message) call = NULL;
        int r = log_source_new_read(
                        source, client_bus(client), client_bus_name(client), offset, &call);

        if (r >= 0)
                return client_call(client, call, CLIENT_TIMEOUT, READ_ACTION, ret_reply, error);
        client_set_error(NULL, r, READ_ACTION, error);
        return false;
}

/* It is answered to who asks for what is behind it. */
bool log_access_end(const LogSource *source, Client *client, uint64_t *ret_end, GError **error)
{
        g_autoptr(sd_bus_message) reply = NULL;
        const void *data;
        size_t size;
        int r;

        if (!log_access_read(source, client, INT64_MAX, &reply, error))
                return false;
        r = log_source_get_read(reply, &data, &size, ret_end);
        if (r < 0)
                client_set_error(NULL, r, READ_ACTION, error);
        return r >= 0;
}

static bool start_with_file(LogFollow *follow, const LogSource *source, Client *client,
                uint64_t last_bytes, GError **error)
{
        int fd, r;

        if (!log_access_open(source, client, &fd, error))
                return false;
        r = log_follow_start_with_file(follow, fd, last_bytes);
        if (r < 0)
                client_set_error(NULL, r, READ_ACTION, error);
        return r >= 0;
}

static bool start_with_pages(LogFollow *follow, const LogSource *source, Client *client,
                uint64_t last_bytes, GError **error)
{
        uint64_t end;
        int r;

        if (!log_access_end(source, client, &end, error))
                return false;
        r = log_follow_start_with_pages(follow, end, last_bytes);
        if (r < 0)
                client_set_error(NULL, r, READ_ACTION, error);
        return r >= 0;
}

LogFollow *log_access_follow(const LogSource *source, Client *client, sd_event *loop,
                const LogFollowHandler *handler, uint64_t last_bytes, GError **error)
{
        g_autoptr(LogFollow) follow = log_follow_new(
                        client_calls(client), client_bus_name(client), loop, source, handler);
        bool started = log_source_can_open(client_bus(client))
                                       ? start_with_file(follow, source, client, last_bytes, error)
                                       : start_with_pages(
                                                         follow, source, client, last_bytes, error);

        return started ? g_steal_pointer(&follow) : NULL;
}
