/* The source is on only while something waits to be written: the kernel reports a closed pipe
 * whether asked for or not, and the loop would spin. */

#include "listener-host/listener-stdin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "bus/cleanup.h"

struct ListenerStdin {
        int fd; /* -1 = closed */
        GByteArray *unsent;
        sd_event_source *source;
        ListenerStdinProgress progress;
        void *userdata; /* borrowed */
};

bool listener_stdin_is_open(const ListenerStdin *in)
{
        return in->fd >= 0;
}

bool listener_stdin_is_stuck(const ListenerStdin *in)
{
        return in->unsent->len > 0;
}

void listener_stdin_close(ListenerStdin *in)
{
        in->source = sd_event_source_disable_unref(in->source);
        in->fd = fd_close(in->fd);
        g_byte_array_set_size(in->unsent, 0);
}

/* How many bytes the pipe takes now; negative errno when it is broken, and closed then. */
static ssize_t write_some(ListenerStdin *in, const void *data, size_t size)
{
        ssize_t n = write(in->fd, data, size);
        int r = -errno;

        if (n >= 0)
                return n;
        if (r == -EAGAIN || r == -EINTR)
                return 0;
        listener_stdin_close(in);
        return r;
}

static int watch(ListenerStdin *in)
{
        return sd_event_source_set_enabled(
                        in->source, in->unsent->len > 0 ? SD_EVENT_ON : SD_EVENT_OFF);
}

static int write_unsent(ListenerStdin *in)
{
        ssize_t n = write_some(in, in->unsent->data, in->unsent->len);

        if (n < 0)
                return n;
        g_byte_array_remove_range(in->unsent, 0, n);
        return watch(in);
}

int listener_stdin_write(ListenerStdin *in, const char *data, size_t size)
{
        ssize_t n = write_some(in, data, size);

        if (n < 0)
                return n;
        if ((size_t)n == size)
                return 0;
        g_byte_array_append(in->unsent, (const uint8_t *)data + n, size - n);
        return watch(in);
}

static int on_writable(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        ListenerStdin *in = userdata;

        in->progress(write_unsent(in), in->userdata);
        return 0;
}

static int prepare(ListenerStdin *in, sd_event *loop)
{
        int flags = fcntl(in->fd, F_GETFL);
        int r;

        if (flags < 0 || fcntl(in->fd, F_SETFL, flags | O_NONBLOCK) < 0)
                return -errno;
        r = sd_event_add_io(loop, &in->source, in->fd, EPOLLOUT, on_writable, in);
        return r < 0 ? r : watch(in);
}

int listener_stdin_new(sd_event *loop, int fd, ListenerStdinProgress progress, void *userdata,
                ListenerStdin **ret)
{
        g_autoptr(ListenerStdin) in = g_new0(ListenerStdin, 1);
        int r;

        in->fd = fd;
        in->unsent = g_byte_array_new();
        in->progress = progress;
        in->userdata = userdata;
        r = prepare(in, loop);
        if (r >= 0)
                *ret = g_steal_pointer(&in);
        return r;
}

ListenerStdin *listener_stdin_free(ListenerStdin *in)
{
        if (!in)
                return NULL;
        listener_stdin_close(in);
        g_byte_array_unref(in->unsent);
        g_free(in);
        return NULL;
}
