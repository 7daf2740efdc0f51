/* Ends by itself with the pipe; what came without a last newline is logged then. */

#include "daemon/output/helper-log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "bus/cleanup.h"

#define LINE_BYTES 4096

struct HelperLog {
        int fd;
        char *name;
        LogLevel level; /* of lines without a tag */
        sd_event_source *source;
        char line[LINE_BYTES];
        size_t length;
};

static void log_line(HelperLog *log)
{
        LogLevel level = log->level;
        size_t skip = 0;

        for (int i = 0; i < _LOG_LEVEL_MAX; i++) {
                const char *tag = log_level_tag(i);

                if (log->length > strlen(tag) && memcmp(log->line, tag, strlen(tag)) == 0 &&
                                log->line[strlen(tag)] == ' ') {
                        level = i;
                        skip = strlen(tag) + 1;
                }
        }
        if (log->length > 0)
                main_log(level, "%s: %.*s", log->name, (int)(log->length - skip), log->line + skip);
        log->length = 0;
}

static void take(HelperLog *log, const char *data, size_t size)
{
        for (size_t i = 0; i < size; i++) {
                if (data[i] == '\n' || log->length == LINE_BYTES)
                        log_line(log);
                if (data[i] != '\n')
                        log->line[log->length++] = data[i];
        }
}

static int on_readable(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        HelperLog *log = userdata;
        char buffer[LINE_BYTES];
        ssize_t n = read(fd, buffer, sizeof buffer);

        if (n > 0)
                take(log, buffer, n);
        else if (n == 0 || (errno != EAGAIN && errno != EINTR))
                sd_event_source_set_enabled(source, SD_EVENT_OFF);
        return 0;
}

int helper_log_new(sd_event *event, int fd, const char *name, LogLevel level, HelperLog **ret)
{
        g_autoptr(HelperLog) log = g_new0(HelperLog, 1);
        int r;

        log->fd = -1;
        r = sd_event_add_io(event, &log->source, fd, EPOLLIN, on_readable, log);
        if (r < 0)
                return r;
        log->fd = fd;
        log->name = g_strdup(name);
        log->level = level;
        *ret = g_steal_pointer(&log);
        return 0;
}

int helper_log_open(sd_event *event, const char *name, LogLevel level, HelperLog **ret)
{
        int ends[2];

        if (pipe2(ends, O_CLOEXEC) < 0)
                return -1;
        (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
        if (helper_log_new(event, ends[0], name, level, ret) >= 0)
                return ends[1];
        fd_close(ends[0]);
        return fd_close(ends[1]);
}

HelperLog *helper_log_free(HelperLog *log)
{
        ssize_t n = 1;

        if (!log)
                return NULL;
        /* What the helper said at its end. */
        while (log->fd >= 0 && n > 0) {
                char buffer[LINE_BYTES];

                n = read(log->fd, buffer, sizeof buffer);
                if (n > 0)
                        take(log, buffer, n);
        }
        log_line(log);
        sd_event_source_disable_unref(log->source);
        fd_close(log->fd);
        g_free(log->name);
        g_free(log);
        return NULL;
}
