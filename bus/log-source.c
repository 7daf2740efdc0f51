/* The main log and those of processes differ in object, interface and one argument, which nobody
 * else has to know. */

#include "bus/log-source.h"

#include <errno.h>
#include <fcntl.h>

#include "bus/cleanup.h"
#include "bus/names.h"

void log_source_clear(LogSource *source)
{
        g_free(source->path);
}

static int new_call(const LogSource *source, sd_bus *bus, const char *bus_name, const char *member,
                sd_bus_message **ret_call)
{
        g_autoptr(sd_bus_message) call = NULL;
        int r = sd_bus_message_new_method_call(bus, &call, bus_name,
                        source->path ? source->path : BUS_PATH,
                        source->path ? BUS_INTERFACE_PROCESS : BUS_INTERFACE_MANAGER, member);

        if (r >= 0)
                r = sd_bus_message_set_auto_start(call, false);
        if (r >= 0 && source->path)
                r = sd_bus_message_append(call, "s", source->channel);
        if (r < 0)
                return r;
        *ret_call = g_steal_pointer(&call);
        return 0;
}

int log_source_new_open(const LogSource *source, sd_bus *bus, const char *bus_name,
                sd_bus_message **ret_call)
{
        return new_call(source, bus, bus_name, "OpenLog", ret_call);
}

int log_source_new_read(const LogSource *source, sd_bus *bus, const char *bus_name, int64_t offset,
                sd_bus_message **ret_call)
{
        g_autoptr(sd_bus_message) call = NULL;
        int r = new_call(source, bus, bus_name, "ReadLog", &call);

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

bool log_source_can_open(sd_bus *bus)
{
        return sd_bus_can_send(bus, SD_BUS_TYPE_UNIX_FD) > 0;
}
