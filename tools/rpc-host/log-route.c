/* The log is read through a descriptor, no faster than the client reads: what it has not taken
 * stays in the file. */

#include "tools/rpc-host/log-route.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "bus/cleanup.h"
#include "bus/error.h"
#include "bus/log-follow.h"
#include "tools/rpc-host/process-name.h"

/* As much as Supervisor shows first. */
#define FIRST_BYTES 1024
/* So much waits for the client, at most, before no more is read. */
#define MAX_PENDING (64 * 1024)

#define CONTENT_TYPE "text/plain;charset=utf-8"

typedef struct Tail {
        Request *request; /* borrowed; until it is answered */
        const RouteContext *context;
        LogSource source;
        QueuedCall *opening;
        Stream *stream; /* borrowed */
        LogFollow *follow;
} Tail;

static void tail_free(void *userdata)
{
        Tail *tail = userdata;

        queued_call_cancel(tail->opening);
        log_follow_free(tail->follow);
        g_free(tail->source.path);
        g_free(tail);
}

/* The log. */

static void push(Tail *tail, const void *data, size_t size)
{
        stream_push(tail->stream, data, size);
        if (stream_pending(tail->stream) >= MAX_PENDING)
                log_follow_set_paused(tail->follow, true);
}

static void on_data(const void *data, size_t size, void *userdata)
{
        push(userdata, data, size);
}

static void on_truncated(void *userdata)
{
        static const char note[] = "==> File truncated <==\n";

        push(userdata, note, strlen(note));
}

static void on_end(void *userdata)
{
        Tail *tail = userdata;

        stream_end(tail->stream);
}

/* The client. */

static void on_room(void *userdata)
{
        Tail *tail = userdata;

        if (tail->follow)
                log_follow_set_paused(tail->follow, false);
}

static const StreamHandler stream_handler = { on_room, tail_free };

static void add_time(Request *request, int fd)
{
        struct stat status;
        g_autoptr(GDateTime) time = NULL;
        g_autofree char *text = NULL;

        if (fstat(fd, &status) < 0)
                return;
        time = g_date_time_new_from_unix_utc(status.st_mtime);
        text = time ? g_date_time_format(time, "%a, %d %b %Y %H:%M:%S GMT") : NULL;
        if (text)
                request_add_header(request, "Last-Modified", text);
}

static void begin(Tail *tail, int fd)
{
        const LogFollowHandler handler = { on_data, on_truncated, on_end, on_end, tail };
        const Uplink *uplink = tail->context->uplink;
        Request *request = g_steal_pointer(&tail->request);

        tail->stream = request_answer_stream(request, CONTENT_TYPE, &stream_handler, tail);
        if (!tail->stream) {
                fd_close(fd);
                tail_free(tail);
                return;
        }
        add_time(request, fd);
        if (tail->source.path)
                request_add_header(request, "X-Accel-Buffering", "no");
        tail->follow = log_follow_new(tail->context->calls, uplink_bus_name(uplink),
                        tail->context->loop, &tail->source, &handler);
        if (log_follow_start_with_file(tail->follow, fd, FIRST_BYTES) < 0)
                stream_end(tail->stream);
}

/* Finding it. */

static void refuse(Tail *tail, unsigned status, const char *sentence)
{
        Request *request = g_steal_pointer(&tail->request);

        tail_free(tail);
        request_refuse(request, status, sentence);
}

static void refuse_for(Tail *tail, const sd_bus_error *error)
{
        if (sd_bus_error_has_names(error, SD_BUS_ERROR_UNKNOWN_OBJECT, BUS_ERROR_NO_FILE,
                            BUS_ERROR_NO_SUCH_PROCESS, BUS_ERROR_NO_SUCH_GROUP))
                refuse(tail, MHD_HTTP_NOT_FOUND, "There is no such log.");
        else if (sd_bus_error_has_name(error, SD_BUS_ERROR_LIMITS_EXCEEDED))
                refuse(tail, MHD_HTTP_SERVICE_UNAVAILABLE, error->message);
        else
                refuse(tail, MHD_HTTP_INTERNAL_SERVER_ERROR,
                                error->message ? error->message : error->name);
}

static void on_opened(sd_bus_message *reply, const sd_bus_error *error, void *userdata)
{
        Tail *tail = userdata;
        int fd, r;

        tail->opening = NULL;
        if (error) {
                refuse_for(tail, error);
                return;
        }
        r = log_source_get_opened(reply, &fd);
        if (r < 0)
                refuse(tail, MHD_HTTP_INTERNAL_SERVER_ERROR, g_strerror(-r));
        else
                begin(tail, fd);
}

static int open_log(Tail *tail)
{
        g_autoptr(sd_bus_message) call = NULL;
        sd_bus *bus = uplink_bus(tail->context->uplink);
        int r;

        if (!log_source_can_open(bus))
                return -EOPNOTSUPP;
        r = log_source_new_open(&tail->source, bus, uplink_bus_name(tail->context->uplink), &call);
        if (r < 0)
                return r;
        return call_queue_send(
                        tail->context->calls, call, CALL_HANDOUT, on_opened, tail, &tail->opening);
}

/* Takes over path. */
static void start(Request *request, const RouteContext *context, char *path, const char *channel)
{
        Tail *tail = g_new0(Tail, 1);
        int r;

        tail->request = request;
        tail->context = context;
        tail->source = (LogSource){ path, channel };
        if (!uplink_is_up(context->uplink)) {
                refuse(tail, MHD_HTTP_SERVICE_UNAVAILABLE, uplink_trouble(context->uplink));
                return;
        }
        r = open_log(tail);
        if (r < 0)
                refuse(tail, MHD_HTTP_INTERNAL_SERVER_ERROR, g_strerror(-r));
        else
                request_set_cancelled(request, tail_free, tail);
}

void log_route_handle_main(Request *request, const RouteContext *context)
{
        start(request, context, NULL, NULL);
}

/* NULL for what is none. */
static const char *find_channel(const char *name)
{
        static const char *const channels[] = { "stdout", "stderr" };

        if (!name || !*name)
                return channels[0];
        for (size_t i = 0; i < G_N_ELEMENTS(channels); i++)
                if (strcmp(name, channels[i]) == 0)
                        return channels[i];
        return NULL;
}

void log_route_handle(Request *request, const RouteContext *context)
{
        g_auto(GStrv) parts = g_strsplit(request_path(request) + strlen("/logtail"), "/", 3);
        const char *channel, *process;
        char *colon, *path;

        if (!parts[0] || *parts[0] || !parts[1] || !*parts[1]) {
                request_refuse(request, MHD_HTTP_NOT_FOUND, "Which log? /logtail/NAME has one.");
                return;
        }
        channel = find_channel(parts[2]);
        colon = strchr(parts[1], ':');
        process = colon ? colon + 1 : parts[1];
        if (colon)
                *colon = '\0';
        if (!channel || !*process || !*parts[1] || !g_utf8_validate(parts[1], -1, NULL) ||
                        !g_utf8_validate(process, -1, NULL)) {
                request_refuse(request, MHD_HTTP_NOT_FOUND, "There is no such log.");
                return;
        }
        path = process_name_path(&(ProcessName){ parts[1], (char *)process });
        if (path)
                start(request, context, path, channel);
        else
                request_refuse(request, MHD_HTTP_NOT_FOUND, "There is no such log.");
}
