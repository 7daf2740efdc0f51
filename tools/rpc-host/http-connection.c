/* libmicrohttpd has a time-out for inactivity only, which whoever sends a byte now and then never
 * meets; so each phase has a deadline of its own here. The way to end a connection from outside of
 * its callbacks is to shut the socket down: it finds out at once and cleans up as always.
 *
 * While a connection is suspended it does not look at the socket at all, so the loop does. Nor does
 * it notice an end of the input that came together with what it has read. That is looked for
 * whenever it may be about to wait for more: of what is there already it makes all it can before
 * the deadline, due at once then, has its turn. */

#include "tools/rpc-host/http-connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "bus/clock.h"
#include "bus/host-log.h"
#include "config.h"

#define FOREVER _TIMEOUT_MAX

static const struct {
        const char *name;
        Timeout timeout;
        bool needs_input;
} phases[_HTTP_PHASE_MAX] = {
        [HTTP_PHASE_NEW] = { "a first request", TIMEOUT_FIRST },
        [HTTP_PHASE_IDLE] = { "a next request", TIMEOUT_NEXT, true },
        [HTTP_PHASE_HEAD] = { "headers", TIMEOUT_HEAD, true },
        [HTTP_PHASE_BODY] = { "a body", TIMEOUT_BODY, true },
        [HTTP_PHASE_WORK] = { "an answer to be found", FOREVER },
        [HTTP_PHASE_ANSWER] = { "an answer to be read", TIMEOUT_ANSWER },
        [HTTP_PHASE_STREAM] = { "news", FOREVER },
        [HTTP_PHASE_UNREAD] = { "news to be read", TIMEOUT_NEWS },
};

#define LATE_TEXT "The rest of the request took too long.\n"

/* Of a peer that has vanished without a word nothing is heard while there is nothing to send. */
#define KEEPALIVE_SECONDS  60
#define KEEPALIVE_INTERVAL 10
#define KEEPALIVE_PROBES   6

struct HttpConnection {
        sd_event *loop;           /* borrowed */
        const Timeouts *timeouts; /* borrowed */
        int fd;                   /* borrowed */
        unsigned server;
        bool is_tcp;
        sd_event_source *wake;         /* borrowed */
        struct MHD_Connection *handle; /* borrowed */
        HttpPhase phase;
        uint64_t since_usec;
        sd_event_source *deadline;
        bool is_suspended;
        sd_event_source *watch; /* while suspended */
        bool ends_with_input;
        void (*on_gone)(void *userdata);
        void *userdata;
        void (*end)(void *userdata);
        void *end_userdata;
};

static void go(HttpConnection *connection)
{
        connection->watch = sd_event_source_disable_unref(connection->watch);
        log_debug("connection %d: the client has gone", connection->fd);
        if (connection->on_gone)
                connection->on_gone(connection->userdata);
}

static bool is_at_end(int fd)
{
        char byte;

        return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* While it is suspended only the end of its input is due some time. */
static int on_deadline(sd_event_source *source, uint64_t usec, void *userdata)
{
        HttpConnection *connection = userdata;

        if (connection->is_suspended) {
                go(connection);
                return 0;
        }
        if (is_at_end(connection->fd)) {
                log_debug("connection %d: the client has ended before %s", connection->fd,
                                phases[connection->phase].name);
                http_connection_close(connection);
                return 0;
        }
        log_debug("connection %d has waited too long for %s", connection->fd,
                        phases[connection->phase].name);
        http_connection_give_up(connection);
        return 0;
}

static void arm(HttpConnection *connection, Timeout timeout)
{
        if (timeout != FOREVER)
                (void)sd_event_source_set_time_relative(
                                connection->deadline, connection->timeouts->usec[timeout]);
        (void)sd_event_source_set_enabled(
                        connection->deadline, timeout != FOREVER ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

static bool is_tcp(int fd)
{
        int domain = AF_UNIX;
        socklen_t size = sizeof domain;

        (void)getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size);
        return domain != AF_UNIX;
}

static void keep_alive(int fd)
{
        const int on = 1, idle = KEEPALIVE_SECONDS, interval = KEEPALIVE_INTERVAL,
                  probes = KEEPALIVE_PROBES;

        (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
        (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
        (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
        (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

HttpConnection *http_connection_new(sd_event *loop, const Timeouts *timeouts, int fd,
                unsigned server, sd_event_source *wake)
{
        HttpConnection *connection = g_new0(HttpConnection, 1);
        int r;

        connection->loop = loop;
        connection->timeouts = timeouts;
        connection->fd = fd;
        connection->server = server;
        connection->is_tcp = is_tcp(fd);
        if (connection->is_tcp)
                keep_alive(fd);
        connection->wake = wake;
        r = sd_event_add_time_relative(loop, &connection->deadline, CLOCK_MONOTONIC, 0, 0,
                        on_deadline, connection);
        g_assert(r >= 0);
        /* Before libmicrohttpd, which ends a connection silently, may find it due as well. */
        (void)sd_event_source_set_priority(connection->deadline, SD_EVENT_PRIORITY_IMPORTANT);
        http_connection_set_phase(connection, HTTP_PHASE_NEW);
        return connection;
}

HttpConnection *http_connection_free(HttpConnection *connection)
{
        if (!connection)
                return NULL;
        sd_event_source_disable_unref(connection->deadline);
        sd_event_source_disable_unref(connection->watch);
        g_free(connection);
        return NULL;
}

void http_connection_set_handle(HttpConnection *connection, struct MHD_Connection *handle)
{
        connection->handle = handle;
}

int http_connection_fd(const HttpConnection *connection)
{
        return connection->fd;
}

unsigned http_connection_server(const HttpConnection *connection)
{
        return connection->server;
}

HttpPhase http_connection_phase(const HttpConnection *connection)
{
        return connection->phase;
}

uint64_t http_connection_since(const HttpConnection *connection)
{
        return connection->since_usec;
}

void http_connection_set_phase(HttpConnection *connection, HttpPhase phase)
{
        connection->phase = phase;
        connection->since_usec = clock_now_usec(CLOCK_MONOTONIC);
        arm(connection, phases[phase].timeout);
        http_connection_look_for_end(connection);
}

void http_connection_look_for_end(HttpConnection *connection)
{
        if (phases[connection->phase].needs_input && is_at_end(connection->fd))
                (void)sd_event_source_set_time(connection->deadline, 0);
}

/* Over TCP the end of its input is all that is seen of a client that has closed its connection. One
 * that has said no more than that it asks nothing else sees no difference where the answer comes
 * soon. */
static int on_watch(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        HttpConnection *connection = userdata;

        if (connection->ends_with_input || events & (EPOLLHUP | EPOLLERR)) {
                go(connection);
                return 0;
        }
        (void)sd_event_source_set_io_events(connection->watch, 0);
        arm(connection, TIMEOUT_GONE);
        return 0;
}

void http_connection_suspend(HttpConnection *connection, bool ends_with_input,
                void (*on_gone)(void *userdata), void *userdata)
{
        g_assert(!connection->is_suspended);
        MHD_suspend_connection(connection->handle);
        connection->is_suspended = true;
        connection->ends_with_input = ends_with_input;
        connection->on_gone = on_gone;
        connection->userdata = userdata;
        /* Without it the client is missed at the first answer only. */
        (void)sd_event_add_io(connection->loop, &connection->watch, connection->fd,
                        ends_with_input || connection->is_tcp ? EPOLLRDHUP : 0, on_watch,
                        connection);
}

void http_connection_resume(HttpConnection *connection)
{
        if (!connection->is_suspended)
                return;
        connection->is_suspended = false;
        connection->watch = sd_event_source_disable_unref(connection->watch);
        arm(connection, phases[connection->phase].timeout);
        MHD_resume_connection(connection->handle);
        (void)sd_event_source_set_time_relative(connection->wake, 0);
        (void)sd_event_source_set_enabled(connection->wake, SD_EVENT_ONESHOT);
}

void http_connection_set_ending(
                HttpConnection *connection, void (*end)(void *userdata), void *userdata)
{
        connection->end = end;
        connection->end_userdata = userdata;
}

void http_connection_end(HttpConnection *connection)
{
        if (connection->end)
                connection->end(connection->end_userdata);
        else if (connection->phase == HTTP_PHASE_NEW || connection->phase == HTTP_PHASE_IDLE)
                http_connection_close(connection);
}

/* libmicrohttpd asks for no answer before it has the whole request. Nothing of one can be on its
 * way by then, so this does not come between. */
void http_connection_give_up(HttpConnection *connection)
{
        if (connection->phase == HTTP_PHASE_HEAD || connection->phase == HTTP_PHASE_BODY) {
                g_autofree char *answer =
                                g_strdup_printf("HTTP/1.1 408 Request Timeout\r\n"
                                                "Server: busvisor/" PACKAGE_VERSION "\r\n"
                                                "Connection: close\r\n"
                                                "Content-Type: text/plain; charset=utf-8\r\n"
                                                "Content-Length: %zu\r\n\r\n%s",
                                                strlen(LATE_TEXT), LATE_TEXT);

                (void)send(connection->fd, answer, strlen(answer), MSG_DONTWAIT | MSG_NOSIGNAL);
        }
        http_connection_close(connection);
}

void http_connection_close(HttpConnection *connection)
{
        (void)shutdown(connection->fd, SHUT_RDWR);
        http_connection_resume(connection);
}
