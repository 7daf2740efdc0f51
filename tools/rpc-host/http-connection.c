/* libmicrohttpd has a time-out for inactivity only, which whoever sends a byte now and then never
 * meets; so each phase has a deadline of its own here. The way to end a connection from outside of
 * its callbacks is to shut the socket down: it finds out at once and cleans up as always.
 *
 * While a connection is suspended it does not look at the socket at all, so the loop does. */

#include "tools/rpc-host/http-connection.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include "bus/clock.h"
#include "bus/host-log.h"

#define SECONDS(n) ((n)*G_USEC_PER_SEC)

/* These are documented in busvisor-rpc-host.8. */
static const struct {
        const char *name;
        uint64_t usec; /* 0 = as long as it takes */
} phases[_HTTP_PHASE_MAX] = {
        [HTTP_PHASE_NEW] = { "a first request", SECONDS(15) },
        [HTTP_PHASE_IDLE] = { "a next request", SECONDS(60) },
        [HTTP_PHASE_HEAD] = { "headers", SECONDS(15) },
        [HTTP_PHASE_BODY] = { "a body", SECONDS(60) },
        [HTTP_PHASE_WORK] = { "an answer to be found", 0 },
        [HTTP_PHASE_ANSWER] = { "an answer to be read", SECONDS(300) },
        [HTTP_PHASE_STREAM] = { "news", 0 },
        [HTTP_PHASE_UNREAD] = { "news to be read", SECONDS(600) },
};

struct HttpConnection {
        sd_event *loop; /* borrowed */
        int fd;         /* borrowed */
        unsigned server;
        sd_event_source *wake;         /* borrowed */
        struct MHD_Connection *handle; /* borrowed */
        HttpPhase phase;
        uint64_t since_usec;
        sd_event_source *deadline;
        bool is_suspended;
        sd_event_source *watch; /* while suspended */
        void (*on_gone)(void *userdata);
        void *userdata;
        void (*end)(void *userdata);
        void *end_userdata;
};

static int on_deadline(sd_event_source *source, uint64_t usec, void *userdata)
{
        HttpConnection *connection = userdata;

        log_debug("connection %d has waited too long for %s", connection->fd,
                        phases[connection->phase].name);
        http_connection_close(connection);
        return 0;
}

HttpConnection *http_connection_new(sd_event *loop, int fd, unsigned server, sd_event_source *wake)
{
        HttpConnection *connection = g_new0(HttpConnection, 1);
        int r;

        connection->loop = loop;
        connection->fd = fd;
        connection->server = server;
        connection->wake = wake;
        r = sd_event_add_time_relative(loop, &connection->deadline, CLOCK_MONOTONIC, 0, 0,
                        on_deadline, connection);
        g_assert(r >= 0);
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
        uint64_t usec = phases[phase].usec;

        connection->phase = phase;
        connection->since_usec = clock_now_usec(CLOCK_MONOTONIC);
        if (usec > 0)
                (void)sd_event_source_set_time(connection->deadline, connection->since_usec + usec);
        (void)sd_event_source_set_enabled(
                        connection->deadline, usec > 0 ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

static int on_watch(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        HttpConnection *connection = userdata;

        connection->watch = sd_event_source_disable_unref(connection->watch);
        log_debug("connection %d: the client has gone", connection->fd);
        if (connection->on_gone)
                connection->on_gone(connection->userdata);
        return 0;
}

void http_connection_suspend(HttpConnection *connection, bool ends_with_input,
                void (*on_gone)(void *userdata), void *userdata)
{
        g_assert(!connection->is_suspended);
        MHD_suspend_connection(connection->handle);
        connection->is_suspended = true;
        connection->on_gone = on_gone;
        connection->userdata = userdata;
        /* Without it the client is missed at the first answer only. */
        (void)sd_event_add_io(connection->loop, &connection->watch, connection->fd,
                        ends_with_input ? EPOLLRDHUP : 0, on_watch, connection);
}

void http_connection_resume(HttpConnection *connection)
{
        if (!connection->is_suspended)
                return;
        connection->is_suspended = false;
        connection->watch = sd_event_source_disable_unref(connection->watch);
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

void http_connection_close(HttpConnection *connection)
{
        (void)shutdown(connection->fd, SHUT_RDWR);
        http_connection_resume(connection);
}
