/* A log is the one thing that every module needs and no caller wants to pass around, so it is the
 * one global object of the daemon. Its own troubles can be told nowhere, hence the count of dropped
 * lines. */

#include "daemon/output/main-log.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "daemon/output/log-file.h"

static const struct {
        const char *name;
        const char *tag;
} levels[_LOG_LEVEL_MAX] = {
        [LOG_LEVEL_CRITICAL] = { "critical", "CRIT" },
        [LOG_LEVEL_ERROR] = { "error", "ERRO" },
        [LOG_LEVEL_WARN] = { "warn", "WARN" },
        [LOG_LEVEL_INFO] = { "info", "INFO" },
        [LOG_LEVEL_DEBUG] = { "debug", "DEBG" },
        [LOG_LEVEL_TRACE] = { "trace", "TRAC" },
        [LOG_LEVEL_BLATHER] = { "blather", "BLAT" },
};

static struct {
        bool open;
        LogLevel level;
        LogFile *file;
        bool to_stdout, to_syslog;
} main_log_state = { .level = LOG_LEVEL_INFO };

LogLevel log_level_from_string(const char *name)
{
        for (int i = 0; i < _LOG_LEVEL_MAX; i++)
                if (g_ascii_strcasecmp(levels[i].name, name) == 0)
                        return i;
        return _LOG_LEVEL_INVALID;
}

const char *log_level_to_string(LogLevel level)
{
        g_assert(level >= 0 && level < _LOG_LEVEL_MAX);
        return levels[level].name;
}

const char *log_level_tag(LogLevel level)
{
        g_assert(level >= 0 && level < _LOG_LEVEL_MAX);
        return levels[level].tag;
}

bool main_log_open(const char *file, int64_t max_bytes, int64_t backups, LogLevel level,
                bool to_stdout, GError **error)
{
        LogFile *opened = NULL;
        bool is_syslog = g_strcmp0(file, "syslog") == 0;

        if (file && !is_syslog) {
                int r = log_file_open(file, max_bytes, backups, &opened);

                if (r < 0) {
                        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(-r),
                                        "cannot open the main log %s: %s", file, g_strerror(-r));
                        return false;
                }
        }
        main_log_close();
        main_log_state.open = true;
        main_log_state.file = opened;
        main_log_state.level = level;
        main_log_state.to_stdout = to_stdout;
        main_log_state.to_syslog = is_syslog;
        return true;
}

void main_log_close(void)
{
        main_log_state.file = log_file_free(main_log_state.file);
        main_log_state.open = false;
}

void main_log_reopen(void)
{
        int r = main_log_state.file ? log_file_reopen(main_log_state.file) : 0;

        if (r < 0)
                log_error("cannot open %s again: %s", log_file_path(main_log_state.file),
                                g_strerror(-r));
}

bool main_log_is_enabled(LogLevel level)
{
        return level <= main_log_state.level;
}

/* "2026-01-31 13:05:09,042 INFO " */
static void append_prefix(GString *line, LogLevel level)
{
        struct timespec now;
        struct tm local;
        char date[32];

        clock_gettime(CLOCK_REALTIME, &now);
        localtime_r(&now.tv_sec, &local);
        strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S", &local);
        g_string_append_printf(
                        line, "%s,%03ld %s ", date, now.tv_nsec / 1000000, levels[level].tag);
}

/* The descriptor is not ours alone, so it must stay blocking for the others that have it: pieces of
 * PIPE_BUF bytes fit whenever poll says that it can be written. */
static bool write_unless_full(int fd, const char *data, size_t size)
{
        while (size > 0) {
                struct pollfd target = { .fd = fd, .events = POLLOUT };
                ssize_t n;

                if (poll(&target, 1, 0) != 1 || !(target.revents & POLLOUT))
                        return false;
                n = write(fd, data, MIN(size, 4096));
                if (n <= 0)
                        return false;
                data += n;
                size -= n;
        }
        return true;
}

/* A place where lines go, and how many it did not take since it last took one. */
typedef struct Target {
        bool (*write)(const GString *line);
        uint64_t dropped;
} Target;

static bool write_to_file(const GString *line)
{
        return log_file_write(main_log_state.file, line->str, line->len) == (ssize_t)line->len;
}

static bool write_to_stdout(const GString *line)
{
        return write_unless_full(STDOUT_FILENO, line->str, line->len);
}

static bool write_to_stderr(const GString *line)
{
        return write_unless_full(STDERR_FILENO, line->str, line->len);
}

/* Says first what is missing before this line. */
static void put(Target *target, const GString *line)
{
        if (target->dropped > 0) {
                g_autoptr(GString) note = g_string_new(NULL);

                append_prefix(note, LOG_LEVEL_WARN);
                g_string_append_printf(note,
                                "%" G_GUINT64_FORMAT " lines could not be written here\n",
                                target->dropped);
                if (!target->write(note)) {
                        target->dropped++;
                        return;
                }
                target->dropped = 0;
        }
        if (!target->write(line))
                target->dropped++;
}

static void write_line(const GString *line)
{
        static Target file = { write_to_file }, out = { write_to_stdout },
                      err = { write_to_stderr };

        if (!main_log_state.open)
                put(&err, line);
        if (main_log_state.file)
                put(&file, line);
        if (main_log_state.to_syslog)
                syslog(LOG_INFO, "%.*s", (int)line->len - 1, line->str);
        if (main_log_state.to_stdout)
                put(&out, line);
}

void main_log(LogLevel level, const char *format, ...)
{
        g_autoptr(GString) line = NULL;
        va_list arguments;

        if (!main_log_is_enabled(level))
                return;
        line = g_string_new(NULL);
        if (main_log_state.open)
                append_prefix(line, level);
        else
                g_string_append(line, "busvisord: ");
        va_start(arguments, format);
        g_string_append_vprintf(line, format, arguments);
        va_end(arguments);
        g_string_append_c(line, '\n');
        write_line(line);
}
