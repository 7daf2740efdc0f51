/* How a socket is bound is in listening-socket; here it gets what an fcgi-program wants of it. */

#include "daemon/process/fcgi-socket.h"

#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include "bus/cleanup.h"
#include "daemon/output/main-log.h"
#include "daemon/process/listening-address.h"
#include "daemon/process/listening-socket.h"

struct FcgiSocket {
        SocketConfig *config; /* its own */
        int fd;
};

static const char *unix_path(const SocketConfig *config)
{
        return g_str_has_prefix(config->url, "unix://") ? config->url + strlen("unix://") : NULL;
}

static bool fail(const SocketConfig *config, const char *reason, GError **error)
{
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                        "Could not create FastCGI socket %s: %s", config->url, reason);
        return false;
}

static bool system_error(const SocketConfig *config, int r, GError **error)
{
        return r >= 0 || fail(config, g_strerror(-r), error);
}

static SocketRights rights_of(const SocketConfig *config)
{
        return (SocketRights){ .uid = config->uid, .gid = config->gid, .mode = config->mode };
}

static int bind_unix(const SocketConfig *config, int fd, const char *path)
{
        const SocketRights rights = rights_of(config);

        return listening_socket_bind_unix(fd, path, &rights);
}

/* TCP, version 4 only, as Supervisor. */

static bool bind_tcp(const SocketConfig *config, int fd, GError **error)
{
        const char *host = config->url + strlen("tcp://"), *colon = strrchr(host, ':');
        g_autofree char *name = g_strndup(host, colon - host);
        struct sockaddr_storage address;
        socklen_t size;
        int r = listening_address_find(
                        name, colon + 1, AF_INET, LISTENING_ADDRESS_PATIENCE_MSEC, &address, &size);

        if (r != 0)
                return fail(config, gai_strerror(r), error);
        return system_error(config, listening_socket_bind_tcp(fd, &address, size), error);
}

/* Both. */

static bool bind_somewhere(const SocketConfig *config, int fd, GError **error)
{
        const char *path = unix_path(config);

        if (path)
                return system_error(config, bind_unix(config, fd, path), error);
        return bind_tcp(config, fd, error);
}

/* The kernel cuts the number down to what the system allows. */
static int listen_with(const SocketConfig *config, int fd)
{
        return listen(fd, config->backlog > 0 ? (int)config->backlog : INT_MAX) < 0 ? -errno : 0;
}

static SocketConfig *copy(const SocketConfig *config)
{
        SocketConfig *own = socket_config_new();

        *own = *config;
        own->program = g_strdup(config->program);
        own->url = g_strdup(config->url);
        return own;
}

bool fcgi_socket_new(const SocketConfig *config, FcgiSocket **ret, GError **error)
{
        g_autoptr(FcgiSocket) made = g_new0(FcgiSocket, 1);
        int family = unix_path(config) ? AF_UNIX : AF_INET;

        log_info("Creating socket %s", config->url);
        made->fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (made->fd < 0)
                return system_error(config, -errno, error);
        if (!bind_somewhere(config, made->fd, error) ||
                        !system_error(config, listen_with(config, made->fd), error))
                return false;
        made->config = copy(config);
        *ret = g_steal_pointer(&made);
        return true;
}

FcgiSocket *fcgi_socket_free(FcgiSocket *socket)
{
        if (!socket)
                return NULL;
        if (socket->config)
                log_info("Closing socket %s", socket->config->url);
        fd_close(socket->fd);
        socket_config_free(socket->config);
        g_free(socket);
        return NULL;
}

const SocketConfig *fcgi_socket_config(const FcgiSocket *socket)
{
        return socket->config;
}

int fcgi_socket_descriptor(const FcgiSocket *socket)
{
        return socket->fd;
}

static bool same_settings(const SocketConfig *a, const SocketConfig *b)
{
        return a->backlog == b->backlog && a->uid == b->uid && a->gid == b->gid &&
               a->mode == b->mode;
}

bool fcgi_socket_adjust(FcgiSocket *socket, const SocketConfig *config, GError **error)
{
        const char *path = unix_path(config);
        const SocketRights rights = rights_of(config);
        int r;

        if (same_settings(socket->config, config))
                return true;
        r = path ? listening_socket_give_away(path, &rights) : 0;
        if (r >= 0)
                r = listen_with(config, socket->fd);
        if (r < 0)
                return system_error(config, r, error);
        socket_config_free(socket->config);
        socket->config = copy(config);
        return true;
}
