/* A descriptor that we were started with is duplicated instead of opened anew: the path may belong
 * to another user by now, and a socket cannot be opened at all. The duplicate shares its flags with
 * whoever else has it, so blocking is avoided by asking before each write: for a pipe that has
 * room, PIPE_BUF bytes fit. Where it may be opened anew, that is better still, since the new
 * description can be made non-blocking. */

#include "bus/target.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

#include <glib.h>

#include "bus/cleanup.h"

#define MAX_LINKS 8

/* Their major number. */
#define MEMORY_DEVICES 1

/* The N of /proc/self/fd/N and its other names; -1 for other paths. */
static int descriptor_of_name(const char *path)
{
        static const char *const standard[] = { "/dev/stdin", "/dev/stdout", "/dev/stderr" };
        g_autofree char *by_pid = g_strdup_printf("/proc/%ld/fd/", (long)getpid());
        const char *const folders[] = { "/dev/fd/", "/proc/self/fd/", by_pid };

        for (size_t i = 0; i < G_N_ELEMENTS(standard); i++)
                if (strcmp(path, standard[i]) == 0)
                        return i;
        for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
                guint64 number;

                if (g_str_has_prefix(path, folders[i]) &&
                                g_ascii_string_to_unsigned(path + strlen(folders[i]), 10, 0,
                                                INT_MAX, &number, NULL))
                        return number;
        }
        return -1;
}

/* Ours are all closed on exec, so one without that flag was there before us. */
static bool is_inherited(int fd)
{
        int flags = fcntl(fd, F_GETFD);

        return flags >= 0 && !(flags & FD_CLOEXEC);
}

/* The descriptor that a path leads to, over links as they are usual in images of containers; -1 for
 * other paths. */
static int find_descriptor(const char *path)
{
        g_autofree char *at = g_strdup(path);

        for (int i = 0; i < MAX_LINKS; i++) {
                g_autofree char *link = NULL;
                g_autofree char *folder = NULL;
                int fd = descriptor_of_name(at);

                if (fd >= 0)
                        return is_inherited(fd) ? fd : -1;
                link = g_file_read_link(at, NULL);
                if (!link)
                        return -1;
                folder = g_path_get_dirname(at);
                g_free(at);
                at = g_canonicalize_filename(link, folder);
        }
        return -1;
}

/* /dev/stdout may lead to a regular file; renaming it would take it from everybody. */
static bool is_below_dev_or_proc(const char *path)
{
        return (g_str_has_prefix(path, "/dev/") && !g_str_has_prefix(path, "/dev/shm/")) ||
               g_str_has_prefix(path, "/proc/");
}

static bool is_foreign(const char *path)
{
        g_autofree char *target = g_file_read_link(path, NULL);

        return is_below_dev_or_proc(path) || (target && is_below_dev_or_proc(target));
}

/* /dev/null and its neighbours, which answer at once. */
static bool is_memory_device(const struct stat *status)
{
        return S_ISCHR(status->st_mode) && major(status->st_rdev) == MEMORY_DEVICES;
}

static TargetKind kind_of_shared(const struct stat *status)
{
        if (is_memory_device(status))
                return TARGET_STREAM;
        if (S_ISREG(status->st_mode))
                return TARGET_FOREIGN_FILE;
        if (S_ISSOCK(status->st_mode))
                return TARGET_SOCKET;
        return S_ISFIFO(status->st_mode) ? TARGET_SHARED_PIPE : TARGET_SHARED_DEVICE;
}

static int duplicate(int own, Target *ret)
{
        g_autofree char *name = g_strdup_printf("/proc/self/fd/%d", own);
        struct stat status;
        TargetKind kind;
        int fd = -1;

        if (fstat(own, &status) < 0)
                return -errno;
        kind = kind_of_shared(&status);
        if (kind == TARGET_SHARED_PIPE || kind == TARGET_SHARED_DEVICE)
                fd = open(name, O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (fd >= 0)
                kind = TARGET_STREAM;
        else
                fd = fcntl(own, F_DUPFD_CLOEXEC, 3);
        if (fd < 0)
                return -errno;
        *ret = (Target){ fd, kind };
        return 0;
}

/* O_NONBLOCK is ignored by regular files and keeps a full pipe or a FIFO without a reader from
 * holding up the daemon; O_RDWR lets a FIFO be opened before its reader. */
static int open_path(const char *path, unsigned flags)
{
        const int how = O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK |
                        (flags & TARGET_PRIVATE ? O_NOFOLLOW : 0) |
                        (flags & TARGET_EMPTY ? O_TRUNC : 0);
        const mode_t mode = flags & TARGET_PRIVATE ? 0600 : 0666;
        int fd = open(path, how | O_WRONLY, mode);

        if (fd < 0 && errno == ENXIO)
                fd = open(path, how | O_RDWR, mode);
        return fd < 0 ? -errno : fd;
}

int target_open(const char *path, unsigned flags, Target *ret)
{
        int own = find_descriptor(path);
        autofd fd = -1;
        struct stat status;

        if (own >= 0)
                return duplicate(own, ret);
        fd = open_path(path, flags);
        if (fd < 0)
                return fd;
        if (fstat(fd, &status) < 0)
                return -errno;
        if (!S_ISREG(status.st_mode))
                ret->kind = TARGET_STREAM;
        else
                ret->kind = is_foreign(path) ? TARGET_FOREIGN_FILE : TARGET_FILE;
        ret->fd = fd_steal(&fd);
        return 0;
}

Target target_of_descriptor(int fd)
{
        struct stat status = {};

        (void)fstat(fd, &status);
        return (Target){ fd, kind_of_shared(&status) };
}

void target_close(Target *target)
{
        target->fd = fd_close(target->fd);
}

int target_clear_path(const char *path)
{
        struct stat status;
        autofd fd = -1;

        if (!path || is_foreign(path) || stat(path, &status) < 0 || !S_ISREG(status.st_mode))
                return 0;
        fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (fd < 0)
                return errno == ENOENT ? 0 : -errno;
        return ftruncate(fd, 0) < 0 ? -errno : 0;
}

static ssize_t write_plain(int fd, const void *data, size_t size)
{
        return write(fd, data, size);
}

/* At the end, wherever others that share the description have left its position. */
static ssize_t write_at_end(int fd, const void *data, size_t size)
{
        struct iovec piece = { (void *)data, size };
        ssize_t n = pwritev2(fd, &piece, 1, -1, RWF_APPEND);

        return n < 0 && (errno == EOPNOTSUPP || errno == ENOSYS) ? write(fd, data, size) : n;
}

static ssize_t write_after_poll(int fd, const void *data, size_t size)
{
        struct pollfd target = { .fd = fd, .events = POLLOUT };

        /* An end that is gone counts too: the write says what is wrong. */
        if (poll(&target, 1, 0) == 1)
                return write(fd, data, size);
        errno = EAGAIN;
        return -1;
}

/* Newer kernels take the wish not to wait with the call, so that not even another writer between
 * question and answer can make it block. */
static ssize_t write_to_pipe(int fd, const void *data, size_t size)
{
        struct iovec piece = { (void *)data, MIN(size, PIPE_BUF) };
        ssize_t n = pwritev2(fd, &piece, 1, -1, RWF_NOWAIT);

        if (n < 0 && (errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL))
                return write_after_poll(fd, data, piece.iov_len);
        return n;
}

/* How much room a terminal has cannot be asked; for one byte there is some. */
static ssize_t write_to_device(int fd, const void *data, size_t size)
{
        return write_after_poll(fd, data, MIN(size, 1));
}

static ssize_t write_to_socket(int fd, const void *data, size_t size)
{
        return send(fd, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
}

int target_write(const Target *target, const void *data, size_t size, size_t *ret_written)
{
        static ssize_t (*const writers[_TARGET_KIND_MAX])(int, const void *, size_t) = {
                [TARGET_FILE] = write_plain,
                [TARGET_FOREIGN_FILE] = write_at_end,
                [TARGET_STREAM] = write_plain,
                [TARGET_SHARED_PIPE] = write_to_pipe,
                [TARGET_SHARED_DEVICE] = write_to_device,
                [TARGET_SOCKET] = write_to_socket,
        };
        size_t done = 0;
        int r = 0;

        while (done < size && r == 0) {
                ssize_t n = writers[target->kind](
                                target->fd, (const char *)data + done, size - done);

                if (n == 0)
                        break;
                if (n > 0)
                        done += n;
                else if (errno != EINTR)
                        r = -errno;
        }
        *ret_written = done;
        return r == -EAGAIN ? 0 : r;
}
