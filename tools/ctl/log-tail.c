/* What is there is read once and what comes is followed; both go out through a LogWriter. */

#include "tools/ctl/log-tail.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "tools/ctl/log-writer.h"
#include "tools/ctl/loop.h"

#define READ_BYTES (64 * 1024)
/* As much as Supervisor shows before it follows. */
#define BYTES_BEFORE_FOLLOWING 1024

#define READ_ACTION "read the log"

bool log_tail_parse(const char *word, LogTail *ret_tail)
{
        guint64 bytes;

        if (strcmp(word, "-f") == 0) {
                *ret_tail = (LogTail){ .follow = true };
                return true;
        }
        if (word[0] != '-' || !g_ascii_string_to_unsigned(word + 1, 10, 0, INT64_MAX, &bytes, NULL))
                return false;
        *ret_tail = (LogTail){ .bytes = bytes };
        return true;
}

ExitStatus log_tail_fail(const Context *context, const GError *error, const char *name)
{
        static const struct {
                Failure failure;
                const char *text;
        } rows[] = {
                { FAILURE_NO_SUCH_NAME, "no such process name" },
                { FAILURE_NO_FILE, "no log file" },
                { FAILURE_FAILED, "unknown error reading log" },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
                if (g_error_matches(error, FAILURE, (int)rows[i].failure)) {
                        g_autofree char *text =
                                        g_strdup_printf("%s: ERROR (%s)", name, rows[i].text);

                        output_failure(context->output, text);
                        return EXIT_STATUS_GENERIC;
                }
        return command_fail(error);
}

/* What is there. */

static bool fail(int r, GError **error)
{
        client_set_error(NULL, r, READ_ACTION, error);
        return false;
}

/* Both up to the end as it is at the beginning: a log may grow faster than it is read. */

static bool print_file(LogWriter *writer, int fd, uint64_t bytes, GError **error)
{
        char buffer[READ_BYTES];
        struct stat status;
        off_t position;

        if (fstat(fd, &status) < 0)
                return fail(-errno, error);
        position = bytes > 0 && (uint64_t)status.st_size > bytes ? status.st_size - (off_t)bytes
                                                                 : 0;
        while (position < status.st_size) {
                size_t wanted = MIN((size_t)(status.st_size - position), sizeof buffer);
                ssize_t n = pread(fd, buffer, wanted, position);

                if (n < 0)
                        return fail(-errno, error);
                if (n == 0)
                        break;
                log_writer_data(writer, buffer, n);
                position += n;
        }
        return true;
}

static bool print_pages(Client *client, LogWriter *writer, const LogSource *source, uint64_t bytes,
                GError **error)
{
        uint64_t end, position;

        if (!log_access_end(source, client, &end, error))
                return false;
        position = bytes > 0 && end > bytes ? end - bytes : 0;
        while (position < end) {
                g_autoptr(sd_bus_message) reply = NULL;
                const void *data;
                size_t size;
                int r;

                if (!log_access_read(source, client, (int64_t)position, &reply, error))
                        return false;
                r = log_source_get_read(reply, &data, &size, &position);
                if (r < 0)
                        return fail(r, error);
                if (size == 0 || position >= end)
                        break;
                size = MIN(size, end - position);
                log_writer_data(writer, data, size);
                position += size;
        }
        return true;
}

static ExitStatus print(
                const Context *context, const LogSource *source, uint64_t bytes, const char *name)
{
        g_autoptr(LogWriter) writer = log_writer_new(context->output, name, source->channel);
        g_autoptr(GError) error = NULL;
        autofd fd = -1;
        bool printed;

        if (!log_source_can_open(client_bus(context->client)))
                printed = print_pages(context->client, writer, source, bytes, &error);
        else
                printed = log_access_open(source, context->client, &fd, &error) &&
                          print_file(writer, fd, bytes, &error);
        if (!printed)
                return log_tail_fail(context, error, name);
        log_writer_note(writer, "");
        return EXIT_STATUS_FINE;
}

/* What comes. */

typedef struct Following {
        const Context *context;
        LogWriter *writer;
        sd_event *loop;
        bool lost;
} Following;

/* Whoever reads this through a pipe wants to see it now. */
static void flush(const Following *following)
{
        if (fflush(stdout) != 0)
                (void)sd_event_exit(following->loop, 0);
}

static void on_data(const void *data, size_t size, void *userdata)
{
        const Following *following = userdata;

        log_writer_data(following->writer, data, size);
        flush(following);
}

static void on_truncated(void *userdata)
{
        const Following *following = userdata;

        log_writer_truncated(following->writer);
        flush(following);
}

static void on_lost(void *userdata)
{
        Following *following = userdata;

        following->lost = true;
        (void)sd_event_exit(following->loop, 0);
}

static int run_loop(Following *following)
{
        Client *client = following->context->client;
        int r = client_set_loop(client, following->loop);

        if (r >= 0)
                r = loop_end_at(following->loop, client_deadline(client));
        if (r >= 0)
                r = loop_end_with_reader(following->loop);
        return r < 0 ? r : sd_event_loop(following->loop);
}

static ExitStatus end(const Following *following, int r)
{
        g_autoptr(GError) error = NULL;

        if (r < 0)
                client_set_error(NULL, r, READ_ACTION, &error);
        else if (following->lost)
                g_set_error_literal(&error, FAILURE, FAILURE_LOST, "busvisord is gone");
        if (error)
                return command_fail(error);
        if (r == SIGINT)
                log_writer_note(following->writer, "");
        return EXIT_STATUS_FINE;
}

static ExitStatus follow(const Context *context, const LogSource *source, const char *name)
{
        g_autoptr(LogWriter) writer = log_writer_new(context->output, name, source->channel);
        g_autoptr(sd_event) loop = NULL;
        g_autoptr(LogFollow) log = NULL;
        g_autoptr(GError) error = NULL;
        Following following = { .context = context, .writer = writer };
        const LogFollowHandler handler = { on_data, on_truncated, on_lost, NULL, &following };
        int r = loop_new(&loop);

        if (r < 0)
                return end(&following, r);
        following.loop = loop;
        log = log_access_follow(
                        source, context->client, loop, &handler, BYTES_BEFORE_FOLLOWING, &error);
        if (!log)
                return log_tail_fail(context, error, name);
        log_writer_note(writer, "==> Press Ctrl-C to exit <==");
        fflush(stdout);
        return end(&following, run_loop(&following));
}

ExitStatus log_tail_run(const Context *context, const LogTail *tail, const LogSource *source,
                const char *name)
{
        if (tail->follow && context->arguments->no_block)
                return command_refuse("--no-block", "what goes on until it is ended");
        if (tail->follow)
                return follow(context, source, name);
        return print(context, source, tail->bytes, name);
}
