/* Bytes that the target did not take are kept in `pending`, at most one read's worth, and the pipe
 * is left alone until they are gone: the pipe itself is the bound. */

#include "daemon/output/capture.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "daemon/output/main-log.h"

#define READ_BYTES  (64 * 1024)
#define DRAIN_BYTES (1024 * 1024)

struct Capture {
        int fd;
        LogFile *file;
        char *name;
        const char *channel;
        sd_event_source *readable;
        sd_event_source *target_writable; /* exists while pending is not empty */
        GByteArray *pending;
        bool failed;   /* the last write failed, and that has been said */
        uint64_t lost; /* bytes, when it was said for the last time */
};

static int on_target_writable(sd_event_source *source, int fd, uint32_t events, void *userdata);

/* Files fail now and then (a full disk): said once, and tried again with the next bytes. */
static void report_write_error(Capture *capture, int error)
{
        if (!capture->failed)
                log_error("cannot write %s of '%s' to %s: %s", capture->channel, capture->name,
                                log_file_path(capture->file), g_strerror(error));
        capture->failed = true;
}

static void report_recovery(Capture *capture)
{
        uint64_t lost = log_file_lost(capture->file);

        if (!capture->failed)
                return;
        log_warn("%s of '%s' goes to %s again; %" G_GUINT64_FORMAT " bytes of it are lost",
                        capture->channel, capture->name, log_file_path(capture->file),
                        lost - capture->lost);
        capture->lost = lost;
        capture->failed = false;
}

static void wait_for_target(Capture *capture, const void *data, size_t size)
{
        sd_event *event = sd_event_source_get_event(capture->readable);
        int r;

        r = sd_event_add_io(event, &capture->target_writable, log_file_fd(capture->file), EPOLLOUT,
                        on_target_writable, capture);
        if (r < 0) {
                report_write_error(capture, -r);
                return;
        }
        g_byte_array_append(capture->pending, data, size);
        sd_event_source_set_enabled(capture->readable, SD_EVENT_OFF);
}

static void write_out(Capture *capture, const char *data, size_t size)
{
        ssize_t n;

        if (main_log_is_enabled(LOG_LEVEL_DEBUG))
                log_debug("'%s' %s output:\n%.*s", capture->name, capture->channel, (int)size,
                                data);
        if (!capture->file)
                return;
        n = log_file_write(capture->file, data, size);
        if (n < 0) {
                report_write_error(capture, -n);
                return;
        }
        report_recovery(capture);
        if ((size_t)n < size)
                wait_for_target(capture, data + n, size - n);
}

static int on_target_writable(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        Capture *capture = userdata;
        ssize_t n = log_file_write(capture->file, capture->pending->data, capture->pending->len);

        if (n < 0)
                report_write_error(capture, -n);
        if (n >= 0 && (guint)n < capture->pending->len) {
                g_byte_array_remove_range(capture->pending, 0, n);
                return 0;
        }
        g_byte_array_set_size(capture->pending, 0);
        capture->target_writable = sd_event_source_disable_unref(capture->target_writable);
        if (capture->readable)
                sd_event_source_set_enabled(capture->readable, SD_EVENT_ON);
        return 0;
}

/* Bytes read; 0 when there is nothing now, -1 at the end of the pipe. */
static ssize_t read_once(Capture *capture)
{
        char buffer[READ_BYTES];
        ssize_t n = read(capture->fd, buffer, sizeof buffer);

        if (n > 0)
                write_out(capture, buffer, n);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return 0;
        return n == 0 ? -1 : n;
}

static int on_readable(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        Capture *capture = userdata;

        if (read_once(capture) < 0) {
                log_debug("%s of '%s' closed, stopped monitoring it", capture->channel,
                                capture->name);
                sd_event_source_set_enabled(capture->readable, SD_EVENT_OFF);
        }
        return 0;
}

int capture_new(sd_event *event, int fd, LogFile *file, const char *name, const char *channel,
                Capture **ret)
{
        g_autoptr(Capture) capture = g_new0(Capture, 1);
        int r;

        capture->fd = -1;
        capture->name = g_strdup(name);
        capture->channel = channel;
        capture->pending = g_byte_array_new();
        r = sd_event_add_io(event, &capture->readable, fd, EPOLLIN, on_readable, capture);
        if (r < 0)
                return r;
        capture->fd = fd;
        capture->file = file;
        /* Who could not open it has said so. */
        capture->failed = file && log_file_fd(file) < 0;
        *ret = g_steal_pointer(&capture);
        return 0;
}

/* A log that takes nothing loses the end of what its program said. */
static void report_lost(const Capture *capture)
{
        int unread = 0;

        if (capture->pending->len == 0)
                return;
        (void)ioctl(capture->fd, FIONREAD, &unread);
        log_error("the last %u bytes of %s of '%s' are lost: %s did not take them",
                        capture->pending->len + (unsigned)unread, capture->channel, capture->name,
                        log_file_path(capture->file));
}

Capture *capture_free(Capture *capture)
{
        if (!capture)
                return NULL;
        report_lost(capture);
        sd_event_source_disable_unref(capture->readable);
        sd_event_source_disable_unref(capture->target_writable);
        fd_close(capture->fd);
        log_file_free(capture->file);
        g_byte_array_unref(capture->pending);
        g_free(capture->name);
        g_free(capture);
        return NULL;
}

void capture_drain(Capture *capture)
{
        for (size_t done = 0; done < DRAIN_BYTES && !capture->target_writable;) {
                ssize_t n = read_once(capture);

                if (n <= 0)
                        return;
                done += n;
        }
}

void capture_reopen_log(Capture *capture)
{
        int r = capture->file ? log_file_reopen(capture->file) : 0;

        if (r < 0)
                report_write_error(capture, -r);
}

void capture_set_rotation(Capture *capture, const Rotation *rotation)
{
        if (capture->file)
                log_file_set_rotation(capture->file, rotation);
}
