/* stdio would hide what it has read ahead from the event loop, and from the next that reads lines.
 */

#include "tools/ctl/line-buffer.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES (1024 * 1024)

struct LineBuffer {
        int fd; /* borrowed */
        bool is_at_end;
        GString *data;
};

LineBuffer *line_buffer_new(int fd)
{
        LineBuffer *buffer = g_new0(LineBuffer, 1);

        buffer->fd = fd;
        buffer->data = g_string_new(NULL);
        return buffer;
}

LineBuffer *line_buffer_free(LineBuffer *buffer)
{
        if (!buffer)
                return NULL;
        g_string_free(buffer->data, true);
        g_free(buffer);
        return NULL;
}

int line_buffer_fd(const LineBuffer *buffer)
{
        return buffer->fd;
}

GString *line_buffer_take(LineBuffer *buffer)
{
        GString *data = buffer->data;
        const char *newline = memchr(data->str, '\n', data->len);
        gsize length = newline ? (gsize)(newline - data->str) : MIN(data->len, LINE_MAX_BYTES);
        GString *line;

        if (!newline && data->len < LINE_MAX_BYTES && !(buffer->is_at_end && data->len > 0))
                return NULL;
        line = g_string_new_len(data->str, length);
        g_string_erase(data, 0, length + (newline ? 1 : 0));
        return line;
}

bool line_buffer_is_at_end(const LineBuffer *buffer)
{
        return buffer->is_at_end;
}

void line_buffer_resume(LineBuffer *buffer)
{
        if (isatty(buffer->fd))
                buffer->is_at_end = false;
}

int line_buffer_fill(LineBuffer *buffer)
{
        char bytes[4096];
        ssize_t n = read(buffer->fd, bytes, sizeof(bytes));

        /* Whoever gave us this end may have it in non-blocking mode. */
        if (n < 0 && errno == EAGAIN)
                return poll(&(struct pollfd){ buffer->fd, POLLIN, 0 }, 1, -1) < 0 ? -errno : 0;
        if (n < 0 && errno == EINTR)
                return -EINTR;
        if (n <= 0) {
                buffer->is_at_end = true;
                return n < 0 ? -errno : 0;
        }
        g_string_append_len(buffer->data, bytes, n);
        return 0;
}
