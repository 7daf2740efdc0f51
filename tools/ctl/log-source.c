/* The main log and those of processes differ in object, interface and one argument, which nobody
 * else has to know. */

#include "tools/ctl/log-source.h"

#include <errno.h>
#include <fcntl.h>

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

bool log_source_find(Client *client, const char *name, const char *channel, LogSource *ret_source,
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
void log_source_clear(LogSource *source)
{
        g_free(source->path);
}

static int new_call(const LogSource *source, Client *client, const char *member,
                sd_bus_message **ret_call)
{
        g_autoptr(sd_bus_message) call = NULL;
        int r;

        if (!source->path)
                return client_new_call(client, BUS_INTERFACE_MANAGER, member, ret_call);
        r = client_new_call_on(client, source->path, BUS_INTERFACE_PROCESS, member, &call);
        if (r < 0)
                return r;
        r = sd_bus_message_append(call, "s", source->channel);
        if (r < 0)
                return r;
        *ret_call = g_steal_pointer(&call);
        return 0;
}

int log_source_new_open(const LogSource *source, Client *client, sd_bus_message **ret_call)
{
        return new_call(source, client, "OpenLog", ret_call);
}

int log_source_new_read(
                const LogSource *source, Client *client, int64_t offset, sd_bus_message **ret_call)
{
        g_autoptr(sd_bus_message) call = NULL;
        int r = new_call(source, client, "ReadLog", &call);

        if (r < 0)
                return r;
        r = sd_bus_message_append(call, "xx", offset, INT64_C(0));
        if (r < 0)
                return r;
        *ret_call = g_steal_pointer(&call);
        return 0;
}

/* The message closes its own one. */
int log_source_get_opened(sd_bus_message *reply, int *ret_fd)
{
        int fd, r = sd_bus_message_read(reply, "h", &fd);

        if (r < 0)
                return r;
        fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
        if (fd < 0)
                return -errno;
        *ret_fd = fd;
        return 0;
}

int log_source_get_read(sd_bus_message *reply, const void **ret_data, size_t *ret_size,
                uint64_t *ret_position)
{
        const void *data;
        size_t size;
        int r = sd_bus_message_read_array(reply, 'y', &data, &size);

        if (r < 0)
                return r;
        r = sd_bus_message_read(reply, "t", ret_position);
        if (r < 0)
                return r;
        *ret_data = data;
        *ret_size = size;
        return 0;
}

bool log_source_can_open(Client *client)
{
        return sd_bus_can_send(client_bus(client), SD_BUS_TYPE_UNIX_FD) > 0;
}

bool log_source_open(const LogSource *source, Client *client, int *ret_fd, GError **error)
{
        g_autoptr(sd_bus_message) call = NULL;
        g_autoptr(sd_bus_message) reply = NULL;
        int r = log_source_new_open(source, client, &call);

        if (r >= 0 && !client_call(client, call, CLIENT_TIMEOUT, READ_ACTION, &reply, error))
                return false;
        if (r >= 0)
                r = log_source_get_opened(reply, ret_fd);
        if (r < 0)
                client_set_error(NULL, r, READ_ACTION, error);
        return r >= 0;
}

bool log_source_read(const LogSource *source, Client *client, int64_t offset,
                sd_bus_message **ret_reply, GError **error)
{
        g_autoptr(sd_bus_message) call = NULL;
        int r = log_source_new_read(source, client, offset, &call);

        if (r >= 0)
                return client_call(client, call, CLIENT_TIMEOUT, READ_ACTION, ret_reply, error);
        client_set_error(NULL, r, READ_ACTION, error);
        return false;
}
