/* Stream: an answer without an end, written as it comes and as fast as the client reads it. */
#pragma once

#include <stddef.h>

#include "tools/rpc-host/http-connection.h"

/* More than this must not wait to be read: the client is dropped then. */
#define STREAM_MAX_PENDING (1024 * 1024)

typedef struct Stream Stream;

typedef struct StreamHandler {
        /* All that was pushed is on its way. May be NULL. Not to end the process in. */
        void (*on_room)(void *userdata);
        /* The client has gone, or has read all: the stream must not be touched any more. */
        void (*on_closed)(void *userdata);
} StreamHandler;

/* Bytes that the client has not taken yet. */
size_t stream_pending(const Stream *stream);

void stream_push(Stream *stream, const void *data, size_t size);
/* After what has been pushed. */
void stream_end(Stream *stream);

/* For request: it lives as long as its response, and counts in *count as long. */
Stream *stream_new(HttpConnection *connection, unsigned *count, const StreamHandler *handler,
                void *userdata);
struct MHD_Response *stream_new_response(Stream *stream);
