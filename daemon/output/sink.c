/* Pipes take PIPE_BUF bytes in one piece or not at all: so they are given whole lines, as many as
 * fit. */

#include "daemon/output/sink.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "daemon/output/datagram.h"
#include "daemon/output/journal-message.h"

struct Sink {
        LogFile *file; /* or one of these */
        Datagram *syslog, *journal;
};

Sink *sink_new_file(const LogFilePlan *plan)
{
        Sink *sink = g_new0(Sink, 1);

        sink->file = log_file_new(plan);
        return sink;
}

Sink *sink_new_syslog(const char *path)
{
        Sink *sink = g_new0(Sink, 1);

        sink->syslog = datagram_new(path);
        return sink;
}

Sink *sink_new_journal(const char *path)
{
        Sink *sink = g_new0(Sink, 1);

        sink->journal = datagram_new(path);
        return sink;
}

Sink *sink_free(Sink *sink)
{
        if (!sink)
                return NULL;
        log_file_free(sink->file);
        datagram_free(sink->syslog);
        datagram_free(sink->journal);
        g_free(sink);
        return NULL;
}

static Datagram *service(const Sink *sink)
{
        return sink->syslog ? sink->syslog : sink->journal;
}

const char *sink_path(const Sink *sink)
{
        return sink->file ? log_file_path(sink->file) : datagram_path(service(sink));
}

int sink_fd(const Sink *sink)
{
        return sink->file ? log_file_fd(sink->file) : datagram_fd(service(sink));
}

LogFile *sink_file(const Sink *sink)
{
        return sink->file;
}

static size_t stream_piece(const char *data, size_t size)
{
        const char *end;

        if (size <= PIPE_BUF)
                return size;
        end = memrchr(data, '\n', PIPE_BUF);
        return end ? (size_t)(end + 1 - data) : PIPE_BUF;
}

static ssize_t write_stream(LogFile *file, const char *data, size_t size)
{
        size_t written = 0;

        while (written < size) {
                size_t piece = stream_piece(data + written, size - written);
                ssize_t n = log_file_write(file, data + written, piece);

                if (n < 0)
                        return written > 0 ? (ssize_t)written : n;
                written += n;
                if ((size_t)n < piece)
                        break;
        }
        return written;
}

static ssize_t write_message(const Sink *sink, const char *data, size_t size)
{
        int r = sink->syslog ? datagram_send(sink->syslog, data, size)
                             : journal_message_send(sink->journal, data, size);

        if (r == -EAGAIN)
                return 0;
        return r < 0 ? r : (ssize_t)size;
}

static ssize_t write_regular(LogFile *file, const char *data, size_t size, size_t *ret_lost)
{
        uint64_t lost_before = log_file_lost(file);
        ssize_t n = log_file_write(file, data, size);

        if (n < 0)
                *ret_lost = log_file_lost(file) - lost_before;
        return n;
}

ssize_t sink_write(Sink *sink, const char *data, size_t size, size_t *ret_lost)
{
        ssize_t n;

        if (sink->file && log_file_is_regular(sink->file))
                return write_regular(sink->file, data, size, ret_lost);
        n = sink->file ? write_stream(sink->file, data, size) : write_message(sink, data, size);
        if (n < 0)
                *ret_lost = size;
        return n;
}
