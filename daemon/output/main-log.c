/* A log is the one thing that every module needs and no caller wants to pass around, so it is the
 * one global object of the daemon. Its own troubles can be told nowhere, hence the count of dropped
 * lines. */

#include "daemon/output/main-log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bus/clock.h"
#include "bus/target.h"
#include "daemon/output/datagram.h"
#include "daemon/output/log-file.h"
#include "daemon/output/log-record.h"

static struct {
        bool open;
        LogLevel level;
        LogFormat format;
        LogFile *file;
        Datagram *syslog, *journal;
        bool to_stdout;
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
        bool to_syslog = g_strcmp0(plan->file, "syslog") == 0;
        bool to_journal = g_strcmp0(plan->file, "journal") == 0;
        LogFile *opened = NULL;

        if (plan->file && !to_syslog && !to_journal) {
                opened = open_file(plan, error);
                if (!opened)
                        return false;
        }
        main_log_close();
        main_log_state.open = true;
        main_log_state.file = opened;
        if (to_syslog)
                main_log_state.syslog = datagram_new(plan->syslog_path ?: DATAGRAM_SYSLOG);
        if (to_journal)
                main_log_state.journal = datagram_new(plan->journal_path ?: DATAGRAM_JOURNAL);
        main_log_state.level = plan->level;
        main_log_state.format = plan->format;
        main_log_state.to_stdout = plan->to_stdout;
        return true;
}

void main_log_close(void)
{
        main_log_state.file = log_file_free(main_log_state.file);
        main_log_state.syslog = datagram_free(main_log_state.syslog);
        main_log_state.journal = datagram_free(main_log_state.journal);
        main_log_state.to_stdout = false;
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

const char *main_log_path(void)
{
        return main_log_state.file ? log_file_path(main_log_state.file) : NULL;
}

int main_log_clear(void)
{
        return main_log_state.file ? log_file_clear(main_log_state.file) : -ENOENT;
}

bool main_log_is_enabled(LogLevel level)
{
        return level <= main_log_state.level;
}

LogLevel main_log_level(void)
{
        return main_log_state.level;
}

void main_log_set_level(LogLevel level)
{
        main_log_state.level = level;
}

/* A place where records go, and how many it did not take since it last took one. */
typedef struct Place Place;
struct Place {
        int (*take)(Place *place, const LogRecord *record, const GString *line);
        const char *name;
        uint64_t dropped;
        bool torn; /* it took a part of the last line */
};

typedef int (*Writer)(const char *data, size_t size, size_t *ret_written);

/* All of the line, or an error; what follows a part of one begins a new line. */
static int write_line(Place *place, Writer writer, const GString *line)
{
        size_t written = 0;
        int r = place->torn ? writer("\n", 1, &written) : 0;

        if (r < 0 || (place->torn && written == 0))
                return r < 0 ? r : -EAGAIN;
        r = writer(line->str, line->len, &written);
        place->torn = written > 0 && written < line->len;
        return r >= 0 && written < line->len ? -EAGAIN : r;
}

static int write_to_file(const char *data, size_t size, size_t *ret_written)
{
        ssize_t n = log_file_write(main_log_state.file, data, size);

        *ret_written = MAX(n, 0);
        return MIN(n, 0);
}

static int write_to_stdout(const char *data, size_t size, size_t *ret_written)
{
        const Target target = target_of_descriptor(STDOUT_FILENO);

        return target_write(&target, data, size, ret_written);
}

static int write_to_stderr(const char *data, size_t size, size_t *ret_written)
{
        const Target target = target_of_descriptor(STDERR_FILENO);

        return target_write(&target, data, size, ret_written);
}

static int take_in_file(Place *place, const LogRecord *record, const GString *line)
{
        return write_line(place, write_to_file, line);
}

static int take_on_stdout(Place *place, const LogRecord *record, const GString *line)
{
        return write_line(place, write_to_stdout, line);
}

static int take_in_syslog(Place *place, const LogRecord *record, const GString *line)
{
        return log_record_to_syslog(record, main_log_state.syslog);
}

static int take_in_journal(Place *place, const LogRecord *record, const GString *line)
{
        return log_record_to_journal(record, main_log_state.journal);
}

/* Without a date, as nobody keeps it. */
static void say_on_stderr(const char *format, ...) G_GNUC_PRINTF(1, 2);
static void say_on_stderr(const char *format, ...)
{
        g_autoptr(GString) line = g_string_new("busvisord: ");
        size_t written;
        va_list arguments;

        va_start(arguments, format);
        g_string_append_vprintf(line, format, arguments);
        va_end(arguments);
        g_string_append_c(line, '\n');
        (void)write_to_stderr(line->str, line->len, &written);
}

/* What is missing before this record. */
static int take_note(Place *place, const LogRecord *record)
{
        g_autofree char *text = g_strdup_printf(
                        "%" G_GUINT64_FORMAT " lines could not be written here", place->dropped);
        const LogRecord note = { LOG_LEVEL_WARN, record->realtime_usec, text };
        g_autoptr(GString) line = g_string_new(NULL);
        int r;

        log_record_append(line, &note, main_log_state.format);
        r = place->take(place, &note, line);
        if (r >= 0)
                place->dropped = 0;
        return r;
}

static void put(Place *place, const LogRecord *record, const GString *line)
{
        int r = place->dropped > 0 ? take_note(place, record) : 0;

        if (r >= 0)
                r = place->take(place, record, line);
        if (r >= 0)
                return;
        if (place->dropped++ == 0 && place->name)
                say_on_stderr("cannot write to %s: %s", place->name, g_strerror(-r));
}

static void put_everywhere(const LogRecord *record)
{
        static Place file = { take_in_file, "the main log" }, out = { take_on_stdout, NULL },
                     syslog = { take_in_syslog, "syslog" },
                     journal = { take_in_journal, "the journal" };
        g_autoptr(GString) line = g_string_new(NULL);

        log_record_append(line, record, main_log_state.format);
        if (main_log_state.file)
                put(&file, record, line);
        if (main_log_state.syslog)
                put(&syslog, record, line);
        if (main_log_state.journal)
                put(&journal, record, line);
        if (main_log_state.to_stdout)
                put(&out, record, line);
}

void main_log(LogLevel level, const char *format, ...)
{
        g_autofree char *message = NULL;
        va_list arguments;

        if (!main_log_is_enabled(level))
                return;
        va_start(arguments, format);
        message = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        if (main_log_state.open)
                put_everywhere(&(LogRecord){ level, clock_now_usec(CLOCK_REALTIME), message });
        else
                say_on_stderr("%s", message);
}
