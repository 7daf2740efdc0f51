/* Connections are accepted here and not by libmicrohttpd, which would reject what is too many, and
 * does not tell one listening socket from another. Its epoll descriptor is a source of the loop,
 * its time-out a timer, and another one wakes it for what has been resumed: a loop from outside it
 * tells nothing of that.
 *
 * A request without an answer yet is suspended when libmicrohttpd asks for it the second time. From
 * then on it does not read before it has answered; else the end of the input, which half-closed
 * clients have sent, would end the connection instead.
 *
 * A request that is refused by its head is still read to its end where that is near: a client
 * that writes all of it before it reads would never see the answer otherwise. */

#include "tools/rpc-host/http.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "bus/clock.h"
#include "bus/host-log.h"
#include "tools/rpc-host/acceptor.h"
#include "tools/rpc-host/admission.h"
#include "tools/rpc-host/http-connection.h"
#include "tools/rpc-host/servers.h"

/* Of a connection, for its headers and what is being read and written. */
#define CONNECTION_BYTES (16 * 1024)
/* A refused body that is longer is not read. */
#define MAX_DROPPED_BODY (16 * 1024 * 1024)
/* A connection that sends nothing may have to make room after that. */
#define PATIENCE_USEC (2 * G_USEC_PER_SEC)
/* And one with a body or an answer under way after that. */
#define SLOW_USEC  (10 * G_USEC_PER_SEC)
#define DRAIN_USEC (5 * G_USEC_PER_SEC)

struct Http {
        sd_event *loop;              /* borrowed */
        const RouteContext *context; /* borrowed */
        const Timeouts *timeouts;    /* borrowed */
        uint64_t idle_usec;
        HttpDone done;
        void *userdata;
        struct MHD_Daemon *server;
        Acceptor *acceptor;
        GPtrArray *servers;
        GHashTable *connections;  /* HttpConnection, as a set */
        HttpConnection *incoming; /* until libmicrohttpd has taken it */
        RequestBudget budget;
        char machine[256];
        sd_event_source *ready, *timer, *wake, *idle;
        bool is_draining;
};

/* A request under way, as libmicrohttpd carries it along. */
typedef struct Exchange {
        Request *request;
        const Route *route; /* NULL = it is refused */
        bool is_whole, was_suspended;
} Exchange;

static HttpConnection *connection_of(struct MHD_Connection *handle)
{
        const union MHD_ConnectionInfo *info =
                        MHD_get_connection_info(handle, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

        return info->socket_context;
}

/* The loop. */

static void arm_timer(Http *http)
{
        MHD_UNSIGNED_LONG_LONG milliseconds;

        if (MHD_get_timeout(http->server, &milliseconds) == MHD_YES) {
                (void)sd_event_source_set_time_relative(http->timer, milliseconds * 1000);
                (void)sd_event_source_set_enabled(http->timer, SD_EVENT_ONESHOT);
        } else
                (void)sd_event_source_set_enabled(http->timer, SD_EVENT_OFF);
}

static void run(Http *http)
{
        (void)MHD_run(http->server);
        arm_timer(http);
}

static int on_ready(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        run(userdata);
        return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        run(userdata);
        return 0;
}

static int on_idle(sd_event_source *source, uint64_t usec, void *userdata)
{
        Http *http = userdata;

        http->done(http->userdata);
        return 0;
}

/* The timer of idleness is that of draining later. */
static void arm_idle(Http *http)
{
        bool is_idle = acceptor_count(http->acceptor) == 0 && http->idle_usec > 0;

        if (http->is_draining) {
                if (acceptor_count(http->acceptor) == 0)
                        (void)sd_event_source_set_time_relative(http->idle, 0);
                return;
        }
        if (is_idle)
                (void)sd_event_source_set_time_relative(http->idle, http->idle_usec);
        (void)sd_event_source_set_enabled(http->idle, is_idle ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

/* Connections. */

static bool on_accepted(int fd, unsigned server, void *userdata)
{
        Http *http = userdata;
        struct sockaddr_storage address;
        socklen_t size = sizeof address;

        http->incoming = http_connection_new(http->loop, http->timeouts, fd, server, http->wake);
        g_hash_table_add(http->connections, http->incoming);
        /* Closes it where it fails; what has been told of it by then is told of its end too. */
        if (getpeername(fd, (struct sockaddr *)&address, &size) >= 0)
                (void)MHD_add_connection(http->server, fd, (struct sockaddr *)&address, size);
        else
                fd_close(fd);
        arm_timer(http);
        arm_idle(http);
        if (!http->incoming)
                return true;
        g_hash_table_remove(http->connections, http->incoming);
        http->incoming = http_connection_free(http->incoming);
        return false;
}

static void on_connection(void *userdata, struct MHD_Connection *handle, void **context,
                enum MHD_ConnectionNotificationCode code)
{
        Http *http = userdata;
        HttpConnection *connection = *context;

        if (code == MHD_CONNECTION_NOTIFY_STARTED) {
                *context = g_steal_pointer(&http->incoming);
                http_connection_set_handle(*context, handle);
                return;
        }
        g_hash_table_remove(http->connections, connection);
        acceptor_release(http->acceptor, http_connection_server(connection));
        http_connection_free(connection);
        arm_idle(http);
}

static bool may_make_room(const HttpConnection *connection, uint64_t now)
{
        switch (http_connection_phase(connection)) {
        case HTTP_PHASE_IDLE:
                return true;
        case HTTP_PHASE_NEW:
        case HTTP_PHASE_HEAD:
                return http_connection_since(connection) + PATIENCE_USEC <= now;
        case HTTP_PHASE_BODY:
        case HTTP_PHASE_ANSWER:
                return http_connection_since(connection) + SLOW_USEC <= now;
        case HTTP_PHASE_WORK:
        case HTTP_PHASE_STREAM:
        case HTTP_PHASE_UNREAD:
        case _HTTP_PHASE_MAX:
                break;
        }
        return false;
}

static void on_full(void *userdata)
{
        Http *http = userdata;
        uint64_t now = clock_now_usec(CLOCK_MONOTONIC);
        HttpConnection *oldest = NULL;
        GHashTableIter iter;
        void *item;

        g_hash_table_iter_init(&iter, http->connections);
        while (g_hash_table_iter_next(&iter, &item, NULL))
                if (may_make_room(item, now) &&
                                (!oldest || http_connection_since(item) <
                                                                http_connection_since(oldest)))
                        oldest = item;
        if (oldest)
                http_connection_give_up(oldest);
}

/* Requests. */

static void *on_first_line(void *userdata, const char *uri, struct MHD_Connection *handle)
{
        http_connection_set_phase(connection_of(handle), HTTP_PHASE_HEAD);
        return NULL;
}

static Admission admission_of(Http *http, const HttpConnection *connection)
{
        unsigned number = http_connection_server(connection);
        int fd = http_connection_fd(connection), domain = AF_UNIX;
        socklen_t size = sizeof domain;
        Admission admission = {
                .machine = *http->machine ? http->machine : NULL,
                .trouble = uplink_trouble(http->context->uplink),
        };

        if (http->servers && number < http->servers->len)
                admission.server = http->servers->pdata[number];
        else if (http->servers)
                admission.trouble = "This socket is none of those that are configured.";
        (void)getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size);
        admission.is_tcp = domain != AF_UNIX;
        admission.is_stranger = admission.server && !server_admits_peer(admission.server, fd);
        return admission;
}

/* Is the rest worth reading before the request is refused? */
static bool is_rest_near(const Request *request)
{
        uint64_t length;

        if (request_header(request, "Expect"))
                return false;
        return !admission_get_length(request, &length) || length <= MAX_DROPPED_BODY;
}

static enum MHD_Result begin(Http *http, Exchange *exchange, struct MHD_Connection *handle,
                const char *method, const char *path)
{
        HttpConnection *connection = connection_of(handle);
        Admission admission = admission_of(http, connection);

        exchange->request = request_new(connection, handle, &http->budget, method, path);
        exchange->route = admission_check(exchange->request, &admission);
        http_connection_set_phase(connection, HTTP_PHASE_BODY);
        if (!exchange->route && !is_rest_near(exchange->request))
                return request_send(exchange->request);
        return MHD_YES;
}

static void take_body(Exchange *exchange, const char *data, size_t size)
{
        if (exchange->route && !request_add_body(exchange->request, data, size))
                exchange->route = NULL;
        http_connection_look_for_end(request_connection(exchange->request));
}

/* Of a request that is whole; once more right after that, and when it has been answered later. */
static enum MHD_Result finish(Http *http, Exchange *exchange)
{
        Request *request = exchange->request;

        if (!exchange->route)
                return request_send(request);
        if (!exchange->is_whole) {
                http_connection_set_phase(request_connection(request), HTTP_PHASE_WORK);
                exchange->is_whole = true;
                exchange->route->handle(request, http->context);
                if (!request_has_answer(request))
                        return MHD_YES;
        } else if (!request_has_answer(request) && !exchange->was_suspended) {
                exchange->was_suspended = true;
                request_suspend(request);
                return MHD_YES;
        }
        return request_send(request);
}

static enum MHD_Result on_request(void *userdata, struct MHD_Connection *handle, const char *path,
                const char *method, const char *version, const char *data, size_t *size,
                void **context)
{
        Exchange *exchange = *context;

        if (!exchange) {
                *context = exchange = g_new0(Exchange, 1);
                return begin(userdata, exchange, handle, method, path);
        }
        if (*size > 0) {
                take_body(exchange, data, *size);
                *size = 0;
                return MHD_YES;
        }
        return finish(userdata, exchange);
}

static void on_completed(void *userdata, struct MHD_Connection *handle, void **context,
                enum MHD_RequestTerminationCode code)
{
        Http *http = userdata;
        HttpConnection *connection = connection_of(handle);
        Exchange *exchange = *context;

        *context = NULL;
        if (exchange)
                request_free(exchange->request);
        g_free(exchange);
        http_connection_set_phase(connection, HTTP_PHASE_IDLE);
        if (http->is_draining)
                http_connection_close(connection);
}

/* Life. */

/* In whole seconds, as libmicrohttpd counts. A body that does not come has the same time: one more
 * leaves it to ourselves, who say so, to end it. */
static unsigned silent_seconds(const Http *http)
{
        return http->timeouts->usec[TIMEOUT_SILENCE] / G_USEC_PER_SEC + 1;
}

static bool start_server(Http *http)
{
        const struct MHD_OptionItem items[] = {
                { MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, http },
                { MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, http },
                { MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_first_line, http },
                { MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES, NULL },
                { MHD_OPTION_CONNECTION_LIMIT, ACCEPTOR_MAX_CONNECTIONS, NULL },
                { MHD_OPTION_CONNECTION_TIMEOUT, silent_seconds(http), NULL },
                { MHD_OPTION_END, 0, NULL },
        };

        http->server = MHD_start_daemon(
                        MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME, 0,
                        NULL, NULL, on_request, http, MHD_OPTION_ARRAY, items, MHD_OPTION_END);
        return http->server != NULL;
}

static int add_timer(Http *http, sd_event_source **ret, sd_event_time_handler_t on_elapsed)
{
        int r = sd_event_add_time_relative(
                        http->loop, ret, CLOCK_MONOTONIC, 0, 1, on_elapsed, http);

        return r < 0 ? r : sd_event_source_set_enabled(*ret, SD_EVENT_OFF);
}

static int add_sources(Http *http)
{
        const union MHD_DaemonInfo *info =
                        MHD_get_daemon_info(http->server, MHD_DAEMON_INFO_EPOLL_FD);
        int r = sd_event_add_io(http->loop, &http->ready, info->epoll_fd, EPOLLIN, on_ready, http);

        if (r >= 0)
                r = add_timer(http, &http->timer, on_timer);
        if (r >= 0)
                r = add_timer(http, &http->wake, on_timer);
        if (r >= 0)
                r = add_timer(http, &http->idle, on_idle);
        return r;
}

Http *http_new(sd_event *loop, const RouteContext *context, const Timeouts *timeouts,
                uint64_t idle_usec, HttpDone done, void *userdata)
{
        g_autoptr(Http) http = g_new0(Http, 1);
        const AcceptorHandler acceptor_handler = { on_accepted, on_full, http };

        http->loop = loop;
        http->context = context;
        http->timeouts = timeouts;
        http->idle_usec = idle_usec;
        http->done = done;
        http->userdata = userdata;
        http->connections = g_hash_table_new(NULL, NULL);
        http->acceptor = acceptor_new(loop, &acceptor_handler);
        if (gethostname(http->machine, sizeof http->machine - 1) < 0)
                http->machine[0] = '\0';
        if (!start_server(http) || add_sources(http) < 0) {
                log_error("the HTTP server cannot be set up");
                return NULL;
        }
        return g_steal_pointer(&http);
}

/* libmicrohttpd does not stop while a connection is suspended. */
static void resume_all(Http *http)
{
        GHashTableIter iter;
        void *connection;

        g_hash_table_iter_init(&iter, http->connections);
        while (g_hash_table_iter_next(&iter, &connection, NULL))
                http_connection_close(connection);
}

Http *http_free(Http *http)
{
        if (!http)
                return NULL;
        resume_all(http);
        g_clear_pointer(&http->server, MHD_stop_daemon);
        sd_event_source_disable_unref(http->ready);
        sd_event_source_disable_unref(http->timer);
        sd_event_source_disable_unref(http->wake);
        sd_event_source_disable_unref(http->idle);
        acceptor_free(http->acceptor);
        g_clear_pointer(&http->servers, g_ptr_array_unref);
        g_hash_table_unref(http->connections);
        g_free(http);
        return NULL;
}

int http_add_socket(Http *http, int fd, unsigned server)
{
        return acceptor_add(http->acceptor, fd, server);
}

void http_start(Http *http)
{
        acceptor_start(http->acceptor);
        arm_idle(http);
}

void http_set_servers(Http *http, GPtrArray *servers)
{
        g_clear_pointer(&http->servers, g_ptr_array_unref);
        http->servers = g_ptr_array_ref(servers);
}

void http_drain(Http *http)
{
        GHashTableIter iter;
        void *connection;

        if (http->is_draining)
                return;
        http->is_draining = true;
        acceptor_stop(http->acceptor);
        (void)sd_event_source_set_time_relative(http->idle, DRAIN_USEC);
        (void)sd_event_source_set_enabled(http->idle, SD_EVENT_ONESHOT);
        g_hash_table_iter_init(&iter, http->connections);
        while (g_hash_table_iter_next(&iter, &connection, NULL))
                http_connection_end(connection);
        arm_idle(http);
}
