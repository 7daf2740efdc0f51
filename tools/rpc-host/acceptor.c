/* A socket whose connections have to wait is not looked at, since it would be ready all the time;
 * it is again when a connection ends, or a moment later: what could not be closed now may be idle
 * by then. */

#include "tools/rpc-host/acceptor.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "bus/cleanup.h"
#include "bus/host-log.h"

#define ACCEPTS_PER_TURN 16
#define LOOK_AGAIN_USEC  (G_USEC_PER_SEC / 4)

typedef struct Socket {
        Acceptor *acceptor; /* borrowed */
        int fd;
        unsigned server;
        unsigned n_connections; /* of the server, which may have others besides */
        sd_event_source *source;
} Socket;

struct Acceptor {
        sd_event *loop; /* borrowed */
        AcceptorHandler handler;
        GPtrArray *sockets; /* of Socket */
        unsigned n_connections;
        bool is_started;
        sd_event_source *look_again;
};

static void free_socket(void *item)
{
        Socket *socket = item;

        sd_event_source_disable_unref(socket->source);
        fd_close(socket->fd);
        g_free(socket);
}

static void enable_all(Acceptor *acceptor, bool enable)
{
        for (unsigned i = 0; i < acceptor->sockets->len; i++) {
                Socket *socket = acceptor->sockets->pdata[i];

                (void)sd_event_source_set_enabled(
                                socket->source, enable ? SD_EVENT_ON : SD_EVENT_OFF);
        }
}

static int on_look_again(sd_event_source *source, uint64_t usec, void *userdata)
{
        Acceptor *acceptor = userdata;

        enable_all(acceptor, acceptor->is_started);
        return 0;
}

Acceptor *acceptor_new(sd_event *loop, const AcceptorHandler *handler)
{
        Acceptor *acceptor = g_new0(Acceptor, 1);
        int r;

        acceptor->loop = loop;
        acceptor->handler = *handler;
        acceptor->sockets = g_ptr_array_new_with_free_func(free_socket);
        r = sd_event_add_time_relative(loop, &acceptor->look_again, CLOCK_MONOTONIC, 0, 0,
                        on_look_again, acceptor);
        g_assert(r >= 0);
        (void)sd_event_source_set_enabled(acceptor->look_again, SD_EVENT_OFF);
        return acceptor;
}

Acceptor *acceptor_free(Acceptor *acceptor)
{
        if (!acceptor)
                return NULL;
        sd_event_source_disable_unref(acceptor->look_again);
        g_ptr_array_unref(acceptor->sockets);
        g_free(acceptor);
        return NULL;
}

static void let_wait(Socket *socket)
{
        Acceptor *acceptor = socket->acceptor;

        (void)sd_event_source_set_enabled(socket->source, SD_EVENT_OFF);
        (void)sd_event_source_set_time_relative(acceptor->look_again, LOOK_AGAIN_USEC);
        (void)sd_event_source_set_enabled(acceptor->look_again, SD_EVENT_ONESHOT);
}

static bool has_room(const Socket *socket)
{
        return socket->acceptor->n_connections < ACCEPTOR_MAX_CONNECTIONS &&
               socket->n_connections < ACCEPTOR_MAX_OF_ONE;
}

static void count(Acceptor *acceptor, unsigned server, int change)
{
        acceptor->n_connections += change;
        for (unsigned i = 0; i < acceptor->sockets->len; i++) {
                Socket *socket = acceptor->sockets->pdata[i];

                if (socket->server == server)
                        socket->n_connections += change;
        }
}

/* False when there is none to be had any more, for now. */
static bool accept_one(Socket *socket)
{
        Acceptor *acceptor = socket->acceptor;
        int fd = accept4(socket->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (fd < 0) {
                /* One that was broken off meanwhile is no reason to stop. */
                if (errno == ECONNABORTED || errno == EINTR)
                        return true;
                if (errno != EAGAIN) {
                        log_debug("cannot accept a connection: %s", g_strerror(errno));
                        let_wait(socket);
                }
                return false;
        }
        count(acceptor, socket->server, 1);
        if (!acceptor->handler.on_accepted(fd, socket->server, acceptor->handler.userdata))
                acceptor_release(acceptor, socket->server);
        return true;
}

static int on_waiting(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        Socket *socket = userdata;

        for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
                if (!has_room(socket)) {
                        let_wait(socket);
                        socket->acceptor->handler.on_full(socket->acceptor->handler.userdata);
                        return 0;
                }
                if (!accept_one(socket))
                        return 0;
        }
        return 0;
}

int acceptor_add(Acceptor *acceptor, int fd, unsigned server)
{
        Socket *socket = g_new0(Socket, 1);
        int r;

        socket->acceptor = acceptor;
        socket->fd = fd;
        socket->server = server;
        g_ptr_array_add(acceptor->sockets, socket);
        if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0)
                return -errno;
        r = sd_event_add_io(acceptor->loop, &socket->source, fd, EPOLLIN, on_waiting, socket);
        if (r < 0)
                return r;
        return sd_event_source_set_enabled(socket->source, SD_EVENT_OFF);
}

void acceptor_start(Acceptor *acceptor)
{
        acceptor->is_started = true;
        enable_all(acceptor, true);
}

void acceptor_stop(Acceptor *acceptor)
{
        acceptor->is_started = false;
        g_ptr_array_set_size(acceptor->sockets, 0);
}

void acceptor_release(Acceptor *acceptor, unsigned server)
{
        count(acceptor, server, -1);
        enable_all(acceptor, acceptor->is_started);
}

unsigned acceptor_count(const Acceptor *acceptor)
{
        return acceptor->n_connections;
}
