/* A service that is started anew makes a new socket at the old path, which the old connection does
 * not lead to: any error but "full" and "too large" is answered with one new connection. */

#include "daemon/output/datagram.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "bus/cleanup.h"

struct Datagram {
        char *path;
        int fd; /* connected; -1 = not now */
};

Datagram *datagram_new(const char *path)
{
        Datagram *datagram = g_new0(Datagram, 1);

        datagram->path = g_strdup(path);
        datagram->fd = -1;
        return datagram;
}

Datagram *datagram_free(Datagram *datagram)
{
        if (!datagram)
                return NULL;
        fd_close(datagram->fd);
        g_free(datagram->path);
        g_free(datagram);
        return NULL;
}

const char *datagram_path(const Datagram *datagram)
{
        return datagram->path;
}

int datagram_fd(const Datagram *datagram)
{
        return datagram->fd;
}

static int connect_anew(Datagram *datagram)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        autofd fd = -1;

        datagram->fd = fd_close(datagram->fd);
        if (strlen(datagram->path) >= sizeof address.sun_path)
                return -ENAMETOOLONG;
        strcpy(address.sun_path, datagram->path);
        fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0)
                return -errno;
        if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
                return -errno;
        datagram->fd = fd_steal(&fd);
        return 0;
}

static int try_message(const Datagram *datagram, const struct msghdr *message)
{
        if (datagram->fd < 0)
                return -ENOTCONN;
        return sendmsg(datagram->fd, message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static bool is_final(int r)
{
        return r >= 0 || r == -EAGAIN || r == -EMSGSIZE;
}

static int send_message(Datagram *datagram, const struct msghdr *message)
{
        int r = try_message(datagram, message);

        if (is_final(r))
                return r;
        r = connect_anew(datagram);
        if (r >= 0)
                r = try_message(datagram, message);
        if (!is_final(r))
                datagram->fd = fd_close(datagram->fd);
        return r;
}

int datagram_send(Datagram *datagram, const void *data, size_t size)
{
        struct iovec part = { .iov_base = (void *)data, .iov_len = size };
        const struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

        return send_message(datagram, &message);
}

int datagram_send_descriptor(Datagram *datagram, int fd)
{
        union {
                struct cmsghdr head;
                char room[CMSG_SPACE(sizeof fd)];
        } control = {};
        struct msghdr message = { .msg_control = &control, .msg_controllen = sizeof control };
        struct cmsghdr *carried = CMSG_FIRSTHDR(&message);

        carried->cmsg_level = SOL_SOCKET;
        carried->cmsg_type = SCM_RIGHTS;
        carried->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(carried), &fd, sizeof fd);
        return send_message(datagram, &message);
}
