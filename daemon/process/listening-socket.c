/* A UNIX socket is bound with a mode that lets nobody in, gets its owner and mode, and only then
 * listens. It is bound under its own name and not renamed later, because a program may ask the
 * socket what it is called. */

#include "daemon/process/listening-socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "daemon/output/main-log.h"

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
int listening_socket_give_away(const char *path, const SocketRights *rights)
{
        bool has_owner = rights->uid != (uid_t)-1 || rights->gid != (gid_t)-1;
        autofd fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
        g_autofree char *own = g_strdup_printf("/proc/self/fd/%d", fd);
        struct stat found;

        if (fd < 0 || fstat(fd, &found) < 0)
                return -errno;
        if (!S_ISSOCK(found.st_mode))
                return -ENOTSOCK;
        if (has_owner && fchownat(fd, "", rights->uid, rights->gid, AT_EMPTY_PATH) < 0)
                return -errno;
        return rights->mode >= 0 && chmod(own, rights->mode) < 0 ? -errno : 0;
}

static int bind_closed(int fd, const struct sockaddr_un *address)
{
        mode_t before = umask(0777);
        int r = bind(fd, (const struct sockaddr *)address, sizeof *address);

        umask(before);
        return r < 0 ? -errno : 0;
}

int listening_socket_bind_unix(int fd, const char *path, const SocketRights *rights)
{
        struct sockaddr_un address;
        int r = set_address(path, &address);

        if (r >= 0)
                r = take_away_stale(path, &address);
        if (r >= 0)
                r = bind_closed(fd, &address);
        if (r < 0)
                return r;
        r = listening_socket_give_away(path, rights);
        if (r < 0)
                (void)unlink(path);
        return r;
}

/* IPv4 has sockets of its own, so that both can be asked for side by side. */
int listening_socket_bind_tcp(int fd, const struct sockaddr_storage *address, socklen_t size)
{
        const int on = 1;

        if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
                return -errno;
        if (address->ss_family == AF_INET6 &&
                        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) < 0)
                return -errno;
        return bind(fd, (const struct sockaddr *)address, size) < 0 ? -errno : 0;
}
