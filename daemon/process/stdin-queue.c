/* How much a pipe would take cannot be asked: it counts pages, not bytes. Only of an empty one it
 * is known that it takes its whole size; so whether everything fits is decided by that before the
 * first byte is written. Its reader can only make room meanwhile. */

#include "daemon/process/stdin-queue.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "daemon/output/main-log.h"

struct StdinQueue {
        sd_event *event; /* borrowed */
        int fd;          /* borrowed */
        char *name;
        GByteArray *waiting;
        sd_event_source *writable; /* exists while something waits */
};

StdinQueue *stdin_queue_new(sd_event *event, int fd, const char *name)
{
        StdinQueue *queue = g_new0(StdinQueue, 1);

        queue->event = event;
        queue->fd = fd;
        queue->name = g_strdup(name);
        queue->waiting = g_byte_array_new();
        return queue;
}

StdinQueue *stdin_queue_free(StdinQueue *queue)
{
        if (!queue)
                return NULL;
        if (queue->waiting->len > 0)
                log_debug("'%s' has not read the last %u bytes for its stdin", queue->name,
                                queue->waiting->len);
        sd_event_source_disable_unref(queue->writable);
        g_byte_array_unref(queue->waiting);
        g_free(queue->name);
        g_free(queue);
        return NULL;
}

size_t stdin_queue_size(const StdinQueue *queue)
{
        return queue->waiting->len;
}

/* Bytes that the pipe has taken, 0 when it is full; negative errno. */
static ssize_t write_some(const StdinQueue *queue, const void *data, size_t size)
{
        ssize_t n;

        do
                n = write(queue->fd, data, size);
        while (n < 0 && errno == EINTR);
        if (n < 0)
                return errno == EAGAIN ? 0 : -errno;
        return n;
}

/* Gives the pipe what waits. Without a reader nothing will ever be read, so it is dropped. */
static int flush(StdinQueue *queue)
{
        ssize_t n;

        if (queue->waiting->len == 0)
                return 0;
        n = write_some(queue, queue->waiting->data, queue->waiting->len);
        if (n < 0)
                log_debug("%u bytes for the stdin of '%s' are lost: %s", queue->waiting->len,
                                queue->name, g_strerror(-n));
        g_byte_array_remove_range(queue->waiting, 0, n < 0 ? queue->waiting->len : (guint)n);
        if (queue->waiting->len == 0)
                queue->writable = sd_event_source_disable_unref(queue->writable);
        return n < 0 ? n : 0;
}

static int on_writable(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        (void)flush(userdata);
        return 0;
}

static size_t free_in_pipe(const StdinQueue *queue)
{
        int unread = 0, size;

        if (queue->waiting->len > 0 || ioctl(queue->fd, FIONREAD, &unread) < 0 || unread > 0)
                return 0;
        size = fcntl(queue->fd, F_GETPIPE_SZ);
        return MAX(size, 0);
}

static int append(StdinQueue *queue, const char *data, size_t size)
{
        if (!queue->writable) {
                int r = sd_event_add_io(queue->event, &queue->writable, queue->fd, EPOLLOUT,
                                on_writable, queue);
                if (r < 0)
                        return r;
        }
        g_byte_array_append(queue->waiting, (const guint8 *)data, size);
        return 0;
}

int stdin_queue_write(StdinQueue *queue, const void *data, size_t size)
{
        ssize_t n = 0;
        int r;

        r = flush(queue);
        if (r < 0)
                return r;
        if (size > STDIN_QUEUE_MAX - queue->waiting->len + free_in_pipe(queue))
                return -ENOBUFS;
        if (queue->waiting->len == 0) {
                n = write_some(queue, data, size);
                if (n < 0)
                        return n;
        }
        return (size_t)n < size ? append(queue, (const char *)data + n, size - n) : 0;
}
