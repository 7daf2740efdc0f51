/* An answer has at most half of what a message of ours may have, so that it leaves room on the way
 * for the others; who wants more asks again from where it ended, or takes the descriptor. */

#include "daemon/face/log-reply.h"

#include <errno.h>

#include <glib.h>

#include "bus/cleanup.h"
#include "bus/error.h"
#include "bus/names.h"
#include "daemon/output/log-reader.h"

#define MAX_BYTES (BUS_MESSAGE_MAX_BYTES / 2)

/* An open log and what is asked of it. */
typedef struct Reading {
        int fd;
        uint64_t size;
        int64_t offset, length;
} Reading;

static void reading_clear(Reading *reading)
{
        fd_close(reading->fd);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reading, reading_clear)

static int fail(int r, const char *path, const char *whose, sd_bus_error *error)
{
        if (r == -ENOENT || r == -ENOTDIR)
                return sd_bus_error_setf(error, BUS_ERROR_NO_FILE,
                                "%s is to go to %s, which does not exist", whose, path);
        if (r == -EMEDIUMTYPE)
                return sd_bus_error_setf(error, BUS_ERROR_NO_FILE,
                                "%s goes to %s, which is no regular file", whose, path);
        return sd_bus_error_setf(error, BUS_ERROR_FAILED, "cannot read %s from %s: %s", whose, path,
                        g_strerror(-r));
}

static int open_log(const char *path, const char *whose, int *ret_fd, sd_bus_error *error)
{
        int fd;

        if (!path)
                return sd_bus_error_setf(
                                error, BUS_ERROR_NO_FILE, "%s does not go to a file", whose);
        fd = log_reader_open(path);
        if (fd < 0)
                return fail(fd, path, whose, error);
        *ret_fd = fd;
        return 0;
}

static int open_reading(sd_bus_message *call, const char *path, const char *whose,
                Reading *ret_reading, sd_bus_error *error)
{
        int64_t size;
        int r = sd_bus_message_read(call, "xx", &ret_reading->offset, &ret_reading->length);

        if (r < 0)
                return r;
        r = open_log(path, whose, &ret_reading->fd, error);
        if (r < 0)
                return r;
        size = log_reader_size(ret_reading->fd);
        if (size < 0)
                return fail((int)size, path, whose, error);
        ret_reading->size = size;
        return 0;
}

/* A reply that begins with the bytes. */
static int new_reply(sd_bus_message *call, const Reading *reading, const LogRange *range,
                sd_bus_message **ret)
{
        g_autoptr(sd_bus_message) reply = NULL;
        g_autofree void *data = g_malloc(MAX(range->length, 1));
        ssize_t size = log_reader_read(reading->fd, range, data);
        int r;

        if (size < 0)
                return (int)size;
        r = sd_bus_message_new_method_return(call, &reply);
        if (r < 0)
                return r;
        r = sd_bus_message_append_array(reply, 'y', data, size);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&reply);
        return 0;
}

int log_reply_read(sd_bus_message *call, const char *path, const char *whose, sd_bus_error *error)
{
        g_auto(Reading) reading = { .fd = -1 };
        g_autoptr(sd_bus_message) reply = NULL;
        LogRange range;
        int r;

        r = open_reading(call, path, whose, &reading, error);
        if (r < 0)
                return r;
        if (!log_reader_find(reading.offset, reading.length, reading.size, MAX_BYTES, &range))
                return sd_bus_error_set(error, BUS_ERROR_BAD_ARGUMENTS,
                                "the length must not be negative, and must be 0 with a negative "
                                "offset");
        r = new_reply(call, &reading, &range, &reply);
        if (r < 0)
                return fail(r, path, whose, error);
        r = sd_bus_message_append(reply, "t", range.position);
        return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

int log_reply_tail(sd_bus_message *call, const char *path, const char *whose, sd_bus_error *error)
{
        g_auto(Reading) reading = { .fd = -1 };
        g_autoptr(sd_bus_message) reply = NULL;
        LogRange range;
        bool overflow;
        int r;

        r = open_reading(call, path, whose, &reading, error);
        if (r < 0)
                return r;
        log_reader_find_tail(
                        reading.offset, reading.length, reading.size, MAX_BYTES, &range, &overflow);
        r = new_reply(call, &reading, &range, &reply);
        if (r < 0)
                return fail(r, path, whose, error);
        r = sd_bus_message_append(reply, "tb", reading.size, (int)overflow);
        return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

int log_reply_open(sd_bus_message *call, const char *path, const char *whose, sd_bus_error *error)
{
        autofd fd = -1;
        int r = open_log(path, whose, &fd, error);

        return r < 0 ? r : sd_bus_reply_method_return(call, "h", fd);
}
