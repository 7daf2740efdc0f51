/* A UNIX socket is bound with a mode that lets nobody in, gets its owner and mode, and only then
 * listens. It is bound under its own name and not renamed later, because a program may ask the
 * socket what it is called. */

#include "daemon/process/fcgi-socket.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "daemon/output/main-log.h"

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

/* UNIX. */

static int set_address(const char *path, struct sockaddr_un *ret)
{
        if (strlen(path) >= sizeof ret->sun_path)
                return -ENAMETOOLONG;
        *ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
        strcpy(ret->sun_path, path);
        return 0;
}

/* Somebody listens, or it cannot be told. */
static int probe(const struct sockaddr_un *address)
{
        autofd fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        if (fd < 0)
                return -errno;
        if (connect(fd, (const struct sockaddr *)address, sizeof *address) >= 0)
                return -EADDRINUSE;
        if (errno == ECONNREFUSED || errno == ENOENT)
                return 0;
        /* The first means that more wait there than may, the second another kind of socket. */
        return errno == EAGAIN || errno == EPROTOTYPE ? -EADDRINUSE : -errno;
}

static int take_away_stale(const char *path, const struct sockaddr_un *address)
{
        struct stat found;
        int r;

        if (lstat(path, &found) < 0)
                return errno == ENOENT ? 0 : -errno;
        if (!S_ISSOCK(found.st_mode))
                return -EEXIST;
        r = probe(address);
        if (r < 0)
                return r;
        log_info("Unlinking stale socket %s", path);
        return unlink(path) < 0 && errno != ENOENT ? -errno : 0;
}

/* By a descriptor: whoever owns the folder can put something else in its place at any moment, and
 * must not have that given to him. */
static int give_away(const SocketConfig *config, const char *path)
{
        bool has_owner = config->uid != (uid_t)-1 || config->gid != (gid_t)-1;
        autofd fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
        g_autofree char *own = g_strdup_printf("/proc/self/fd/%d", fd);
        struct stat found;

        if (fd < 0 || fstat(fd, &found) < 0)
                return -errno;
        if (!S_ISSOCK(found.st_mode))
                return -ENOTSOCK;
        if (has_owner && fchownat(fd, "", config->uid, config->gid, AT_EMPTY_PATH) < 0)
                return -errno;
        return config->mode >= 0 && chmod(own, config->mode) < 0 ? -errno : 0;
}

static int bind_closed(int fd, const struct sockaddr_un *address)
{
        mode_t before = umask(0777);
        int r = bind(fd, (const struct sockaddr *)address, sizeof *address);

        umask(before);
        return r < 0 ? -errno : 0;
}

static int bind_unix(const SocketConfig *config, int fd, const char *path)
{
        struct sockaddr_un address;
        int r = set_address(path, &address);

        if (r >= 0)
                r = take_away_stale(path, &address);
        if (r >= 0)
                r = bind_closed(fd, &address);
        if (r < 0)
                return r;
        r = give_away(config, path);
        if (r < 0)
                (void)unlink(path);
        return r;
}

/* TCP, version 4 only, as Supervisor. */

static bool find_address(const SocketConfig *config, struct addrinfo **ret, GError **error)
{
        const struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM };
        const char *host = config->url + strlen("tcp://"), *colon = strrchr(host, ':');
        g_autofree char *name = g_strndup(host, colon - host);
        int r = getaddrinfo(name, colon + 1, &hints, ret);

        return r == 0 || fail(config, gai_strerror(r), error);
}

static int bind_tcp(int fd, const struct addrinfo *address)
{
        const int on = 1;

        if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
                        bind(fd, address->ai_addr, address->ai_addrlen) < 0)
                return -errno;
        return 0;
}

/* Both. */

static bool bind_somewhere(const SocketConfig *config, int fd, GError **error)
{
        const char *path = unix_path(config);
        struct addrinfo *address;
        int r;

        if (path)
                return system_error(config, bind_unix(config, fd, path), error);
        if (!find_address(config, &address, error))
                return false;
        r = bind_tcp(fd, address);
        freeaddrinfo(address);
        return system_error(config, r, error);
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
        int r;

        if (same_settings(socket->config, config))
                return true;
        r = path ? give_away(config, path) : 0;
        if (r >= 0)
                r = listen_with(config, socket->fd);
        if (r < 0)
                return system_error(config, r, error);
        socket_config_free(socket->config);
        socket->config = copy(config);
        return true;
}
