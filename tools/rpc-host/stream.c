/* libmicrohttpd fetches from here when the socket has room. While there is nothing, the connection
 * is suspended: it would ask again and again. */

#include "tools/rpc-host/stream.h"

#include <stdbool.h>
#include <string.h>

#include "bus/host-log.h"

/* What it asks for at a time, at most. */
#define BLOCK_BYTES (16 * 1024)

struct Stream {
        HttpConnection *connection; /* borrowed */
        unsigned *count;            /* borrowed */
        StreamHandler handler;
        void *userdata;
        GString *pending;
        size_t taken; /* of what is in pending */
        bool has_ended;
        bool is_broken;
};

static void end(void *userdata)
{
        stream_end(userdata);
}

Stream *stream_new(HttpConnection *connection, unsigned *count, const StreamHandler *handler,
                void *userdata)
{
        Stream *stream = g_new0(Stream, 1);

        stream->connection = connection;
        stream->count = count;
        stream->handler = *handler;
        stream->userdata = userdata;
        stream->pending = g_string_new(NULL);
        ++*count;
        http_connection_set_ending(connection, end, stream);
        return stream;
}

static void on_response_gone(void *userdata)
{
        Stream *stream = userdata;

        http_connection_set_ending(stream->connection, NULL, NULL);
        stream->handler.on_closed(stream->userdata);
        --*stream->count;
        g_string_free(stream->pending, true);
        g_free(stream);
}

static void on_gone(void *userdata)
{
        Stream *stream = userdata;

        stream->is_broken = true;
        http_connection_close(stream->connection);
}

static size_t take(Stream *stream, char *buffer, size_t max)
{
        size_t size = MIN(stream_pending(stream), max);

        memcpy(buffer, stream->pending->str + stream->taken, size);
        stream->taken += size;
        if (stream_pending(stream) == 0) {
                g_string_truncate(stream->pending, 0);
                stream->taken = 0;
        }
        return size;
}

static ssize_t on_fetch(void *userdata, uint64_t position, char *buffer, size_t max)
{
        Stream *stream = userdata;
        size_t size = 0;

        if (stream->is_broken)
                return MHD_CONTENT_READER_END_WITH_ERROR;
        if (stream_pending(stream) == 0 && !stream->has_ended && stream->handler.on_room)
                stream->handler.on_room(stream->userdata);
        size = take(stream, buffer, max);
        if (size == 0 && stream->has_ended)
                return MHD_CONTENT_READER_END_OF_STREAM;
        http_connection_set_phase(
                        stream->connection, size > 0 ? HTTP_PHASE_UNREAD : HTTP_PHASE_STREAM);
        if (size == 0)
                http_connection_suspend(stream->connection, true, on_gone, stream);
        return size;
}

struct MHD_Response *stream_new_response(Stream *stream)
{
        return MHD_create_response_from_callback(
                        MHD_SIZE_UNKNOWN, BLOCK_BYTES, on_fetch, stream, on_response_gone);
}

size_t stream_pending(const Stream *stream)
{
        return stream->pending->len - stream->taken;
}

void stream_push(Stream *stream, const void *data, size_t size)
{
        if (stream->is_broken)
                return;
        if (stream_pending(stream) + size > STREAM_MAX_PENDING) {
                log_debug("a client that follows something does not read; it is dropped");
                on_gone(stream);
                return;
        }
        g_string_append_len(stream->pending, data, size);
        http_connection_resume(stream->connection);
}

void stream_end(Stream *stream)
{
        stream->has_ended = true;
        http_connection_resume(stream->connection);
}
