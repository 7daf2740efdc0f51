/* A log is the one thing that every module needs and no caller wants to pass around, so it is the
 * one global object of the daemon. Its own troubles can be told nowhere, hence the count of dropped
 * lines. */

#include "daemon/output/main-log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "daemon/output/log-file.h"
#include "daemon/output/target.h"

static struct {
        bool open;
        LogLevel level;
        LogFile *file;
        bool to_stdout, to_syslog;
} main_log_state = { .level = LOG_LEVEL_INFO };

static LogFile *open_file(const MainLogPlan *plan, GError **error)
{
        const LogFilePlan file = { .path = plan->file, .rotation = plan->rotation };
        LogFile *opened = NULL;
        int r = log_file_open(&file, &opened);

        if (r < 0)
                g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(-r),
                                "cannot open the main log %s: %s", plan->file, g_strerror(-r));
        return opened;
}

bool main_log_open(const MainLogPlan *plan, GError **error)
{
        bool is_syslog = g_strcmp0(plan->file, "syslog") == 0;
        LogFile *opened = NULL;

        if (plan->file && !is_syslog) {
                opened = open_file(plan, error);
                if (!opened)
                        return false;
        }
        main_log_close();
        main_log_state.open = true;
        main_log_state.file = opened;
        main_log_state.level = plan->level;
        main_log_state.to_stdout = plan->to_stdout;
        main_log_state.to_syslog = is_syslog;
        return true;
}

void main_log_close(void)
{
        main_log_state.file = log_file_free(main_log_state.file);
        main_log_state.open = false;
}

void main_log_request_compression(void)
{
        if (main_log_state.file)
                log_file_request_compression(main_log_state.file);
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
                        line, "%s,%03ld %s ", date, now.tv_nsec / 1000000, log_level_tag(level));
}

/* A place where lines go, and how many it did not take since it last took one. */
typedef struct Place {
        bool (*write)(const GString *line);
        uint64_t dropped;
} Place;

static bool write_to_file(const GString *line)
{
        return log_file_write(main_log_state.file, line->str, line->len) == (ssize_t)line->len;
}

static bool write_to_descriptor(int fd, const GString *line)
{
        const Target target = target_of_descriptor(fd);
        size_t written;

        return target_write(&target, line->str, line->len, &written) >= 0 && written == line->len;
}

static bool write_to_stdout(const GString *line)
{
        return write_to_descriptor(STDOUT_FILENO, line);
}

static bool write_to_stderr(const GString *line)
{
        return write_to_descriptor(STDERR_FILENO, line);
}

/* Says first what is missing before this line. */
static void put(Place *place, const GString *line)
{
        if (place->dropped > 0) {
                g_autoptr(GString) note = g_string_new(NULL);

                append_prefix(note, LOG_LEVEL_WARN);
                g_string_append_printf(note,
                                "%" G_GUINT64_FORMAT " lines could not be written here\n",
                                place->dropped);
                if (!place->write(note)) {
                        place->dropped++;
                        return;
                }
                place->dropped = 0;
        }
        if (!place->write(line))
                place->dropped++;
}

static void write_line(const GString *line)
{
        static Place file = { write_to_file }, out = { write_to_stdout }, err = { write_to_stderr };

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
