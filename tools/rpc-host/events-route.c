/* A piece at a time goes to the stream, and the next one when the client has taken that: a message
 * about very many processes is larger than what may wait in a stream. */

#include "tools/rpc-host/events-route.h"

#include "tools/rpc-host/watchers.h"

#define PIECE_BYTES (16 * 1024)

typedef struct Answer {
        Watcher *watcher;
        Stream *stream; /* borrowed */
} Answer;

static void push(void *userdata)
{
        Answer *answer = userdata;
        char piece[PIECE_BYTES];
        size_t size = watcher_read(answer->watcher, piece, sizeof(piece));

        if (size > 0)
                stream_push(answer->stream, piece, size);
}

static void answer_free(void *userdata)
{
        Answer *answer = userdata;

        watcher_free(answer->watcher);
        g_free(answer);
}

void events_route_handle(Request *request, const RouteContext *context)
{
        static const StreamHandler handler = { .on_room = push, .on_closed = answer_free };
        Answer *answer = g_new0(Answer, 1);

        answer->watcher = watcher_new(context->watchers, push, answer);
        if (!answer->watcher) {
                request_refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE,
                                "Too many pages are being kept up to date already.");
                g_free(answer);
                return;
        }
        answer->stream = request_answer_stream(request, "text/event-stream", &handler, answer);
        if (!answer->stream) {
                answer_free(answer);
                return;
        }
        request_add_header(request, "Cache-Control", "no-store");
        request_add_header(request, "X-Accel-Buffering", "no");
}
