/* The texts are those that people know from Supervisor and look for in the web; where it is comes
 * behind. */

#include "daemon/http-socket.h"

#include <errno.h>
#include <netdb.h>
#include <pwd.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "daemon/process/listening-address.h"
#include "daemon/process/listening-socket.h"

#define BACKLOG 1024

struct HttpSocket {
        HttpServerConfig *config; /* its own */
        int fd;
        dev_t device; /* of the file of a UNIX socket */
        ino_t inode;
};

G_DEFINE_QUARK(busvisor - http - socket - error, http_socket_error)

static HttpServerConfig *copy(const HttpServerConfig *config)
{
        HttpServerConfig *own = http_server_config_new();

        *own = *config;
        own->section = g_strdup(config->section);
        own->file = g_strdup(config->file);
        own->host = g_strdup(config->host);
        own->username = g_strdup(config->username);
        own->password = g_strdup(config->password);
        return own;
}

/* Errors. */

static char *address_of(const HttpServerConfig *config)
{
        if (config->file)
                return g_strdup(config->file);
        return g_strdup_printf("%s:%d", *config->host ? config->host : "*", config->port);
}

static bool fail(const HttpServerConfig *config, HttpSocketError code, const char *text,
                GError **error)
{
        g_autofree char *address = address_of(config);

        g_set_error(error, HTTP_SOCKET_ERROR, code, "%s ([%s] %s)", text, config->section, address);
        return false;
}

static bool not_permitted(const HttpServerConfig *config, GError **error)
{
        const struct passwd *user = getpwuid(geteuid());
        g_autofree char *text = g_strdup_printf(
                        "Not permitted to chown %s to uid/gid (%ld, %ld); adjust \"sockchown\" value "
                        "in config file or on command line to values that the current user (%s) can "
                        "successfully chown",
                        config->file, (long)(int)config->owner_uid, (long)(int)config->owner_gid,
                        user ? user->pw_name : "?");

        return fail(config, HTTP_SOCKET_ERROR_FAILED, text, error);
}

bool http_socket_fail_in_use(const HttpServerConfig *config, GError **error)
{
        return fail(config, HTTP_SOCKET_ERROR_IN_USE,
                        "Another program is already listening on a port that one of our HTTP servers "
                        "is configured to use.  Shut this program down first before starting "
                        "supervisord.",
                        error);
}

static bool system_error(const HttpServerConfig *config, int r, GError **error)
{
        g_autofree char *text = NULL;

        if (r >= 0)
                return true;
        if (r == -EADDRINUSE)
                return http_socket_fail_in_use(config, error);
        if (r == -ENAMETOOLONG)
                return fail(config, HTTP_SOCKET_ERROR_FAILED,
                                "Cannot open an HTTP server: socket.error reported AF_UNIX path too "
                                "long",
                                error);
        text = g_strdup_printf(
                        "Cannot open an HTTP server: socket.error reported errno.%s (%d): %s",
                        strerrorname_np(-r), -r, g_strerror(-r));
        return fail(config, HTTP_SOCKET_ERROR_FAILED, text, error);
}

static bool lookup_error(const HttpServerConfig *config, int r, GError **error)
{
        g_autofree char *text =
                        g_strdup_printf("Cannot open an HTTP server: socket.error reported %d: %s",
                                        r, gai_strerror(r));

        return fail(config, HTTP_SOCKET_ERROR_FAILED, text, error);
}

/* UNIX. */

static bool has_owner(const HttpServerConfig *config)
{
        return config->owner_uid != (uid_t)-1 || config->owner_gid != (gid_t)-1;
}

static SocketRights rights_of(const HttpServerConfig *config)
{
        return (SocketRights){
                .uid = config->owner_uid, .gid = config->owner_gid, .mode = config->chmod
        };
}

static bool rights_error(const HttpServerConfig *config, int r, GError **error)
{
        return r == -EPERM && has_owner(config) ? not_permitted(config, error)
                                                : system_error(config, r, error);
}

static bool bind_unix(HttpSocket *made, const HttpServerConfig *config, GError **error)
{
        const SocketRights rights = rights_of(config);
        struct stat found;
        int r = listening_socket_bind_unix(made->fd, config->file, &rights);

        if (r < 0)
                return rights_error(config, r, error);
        if (lstat(config->file, &found) == 0) {
                made->device = found.st_dev;
                made->inode = found.st_ino;
        }
        return true;
}

static bool is_there(const HttpSocket *socket)
{
        struct stat found;

        return lstat(socket->config->file, &found) == 0 && found.st_dev == socket->device &&
               found.st_ino == socket->inode;
}

/* TCP: version 4 as in Supervisor; version 6 where the host stands in brackets. */

static bool is_version_6(const HttpServerConfig *config)
{
        return !config->file && *config->host == '[' && g_str_has_suffix(config->host, "]");
}

static int find_address(
                const HttpServerConfig *config, struct sockaddr_storage *ret, socklen_t *ret_size)
{
        const bool is_6 = is_version_6(config);
        g_autofree char *host = is_6 ? g_strndup(config->host + 1, strlen(config->host) - 2)
                                     : g_strdup(config->host);
        g_autofree char *port = g_strdup_printf("%d", config->port);

        return listening_address_find(host, port, is_6 ? AF_INET6 : AF_INET,
                        LISTENING_ADDRESS_PATIENCE_MSEC, ret, ret_size);
}

static bool bind_tcp(HttpSocket *made, const HttpServerConfig *config, GError **error)
{
        struct sockaddr_storage address;
        socklen_t size;
        int r = find_address(config, &address, &size);

        if (r != 0)
                return lookup_error(config, r, error);
        return system_error(config, listening_socket_bind_tcp(made->fd, &address, size), error);
}

/* Both. */

static int family_of(const HttpServerConfig *config)
{
        if (config->file)
                return AF_UNIX;
        return is_version_6(config) ? AF_INET6 : AF_INET;
}

/* Whoever accepts must not wait when somebody else was faster. */
bool http_socket_new(const HttpServerConfig *config, HttpSocket **ret, GError **error)
{
        g_autoptr(HttpSocket) made = g_new0(HttpSocket, 1);

        made->fd = socket(family_of(config), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (made->fd < 0)
                return system_error(config, -errno, error);
        if (!(config->file ? bind_unix(made, config, error) : bind_tcp(made, config, error)))
                return false;
        made->config = copy(config);
        if (listen(made->fd, BACKLOG) < 0)
                return system_error(config, -errno, error);
        *ret = g_steal_pointer(&made);
        return true;
}

HttpSocket *http_socket_free(HttpSocket *socket)
{
        if (!socket)
                return NULL;
        if (socket->config && socket->config->file && is_there(socket))
                (void)unlink(socket->config->file);
        /* Also for who has inherited it: nobody is to be answered here any more. */
        (void)shutdown(socket->fd, SHUT_RDWR);
        fd_close(socket->fd);
        http_server_config_free(socket->config);
        g_free(socket);
        return NULL;
}

const HttpServerConfig *http_socket_config(const HttpSocket *socket)
{
        return socket->config;
}

int http_socket_descriptor(const HttpSocket *socket)
{
        return socket->fd;
}

bool http_socket_same_address(const HttpServerConfig *a, const HttpServerConfig *b)
{
        if (a->file || b->file)
                return g_strcmp0(a->file, b->file) == 0;
        return strcmp(a->host, b->host) == 0 && a->port == b->port;
}

bool http_socket_is_at(const HttpSocket *socket, const HttpServerConfig *config)
{
        return http_socket_same_address(socket->config, config) &&
               (!config->file || is_there(socket));
}

static bool same_rights(const HttpServerConfig *a, const HttpServerConfig *b)
{
        return a->owner_uid == b->owner_uid && a->owner_gid == b->owner_gid && a->chmod == b->chmod;
}

static bool same_service(const HttpServerConfig *a, const HttpServerConfig *b)
{
        return strcmp(a->section, b->section) == 0 && g_strcmp0(a->username, b->username) == 0 &&
               g_strcmp0(a->password, b->password) == 0;
}

/* What the section before gave away and this one does not is taken back. */
static SocketRights rights_after(const HttpServerConfig *before, const HttpServerConfig *config)
{
        SocketRights rights = rights_of(config);

        if (rights.uid == (uid_t)-1 && before->owner_uid != (uid_t)-1)
                rights.uid = geteuid();
        if (rights.gid == (gid_t)-1 && before->owner_gid != (gid_t)-1)
                rights.gid = getegid();
        return rights;
}

static bool adjust_rights(
                const HttpServerConfig *before, const HttpServerConfig *config, GError **error)
{
        const SocketRights rights = rights_after(before, config);

        return rights_error(config, listening_socket_give_away(config->file, &rights), error);
}

/* The rest counts even where the rights cannot be had: it may be the first password. The old rights
 * are remembered then, so that the next restart tries again. */
bool http_socket_adjust(HttpSocket *socket, const HttpServerConfig *config, bool *ret_changed,
                GError **error)
{
        HttpServerConfig *before = socket->config;
        bool is_right = !config->file || same_rights(before, config) ||
                        adjust_rights(before, config, error);

        *ret_changed = !same_service(before, config);
        socket->config = copy(config);
        if (!is_right) {
                socket->config->owner_uid = before->owner_uid;
                socket->config->owner_gid = before->owner_gid;
                socket->config->chmod = before->chmod;
        }
        http_server_config_free(before);
        return is_right;
}
