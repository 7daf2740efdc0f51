/* The position is counted here instead of asked for with each write. Rotation renames and never
 * copies; a step of it that fails leaves a file that is appended to, so that no byte is lost for
 * it. */

#include "daemon/output/log-file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/cleanup.h"

struct LogFile {
        char *path;
        int fd;
        bool regular;
        int64_t size; /* of a regular file, as far as we wrote it */
        int64_t max_bytes;
        int64_t backups;
};

static bool is_below_dev_or_proc(const char *path)
{
        return (g_str_has_prefix(path, "/dev/") && !g_str_has_prefix(path, "/dev/shm/")) ||
               g_str_has_prefix(path, "/proc/");
}

/* /dev/stdout is a link that may lead to a regular file; renaming it would take it from everybody.
 */
static bool is_device(const char *path)
{
        g_autofree char *target = g_file_read_link(path, NULL);

        return is_below_dev_or_proc(path) || (target && is_below_dev_or_proc(target));
}

/* O_NONBLOCK is ignored by regular files and keeps a full pipe or a FIFO without a reader from
 * holding up the daemon; O_RDWR lets a FIFO be opened before its reader. */
static int open_target(const char *path, bool *ret_regular, int64_t *ret_size)
{
        const int flags = O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
        autofd fd = open(path, flags | O_WRONLY, 0666);
        struct stat status;

        if (fd < 0 && errno == ENXIO)
                fd = open(path, flags | O_RDWR, 0666);
        if (fd < 0)
                return -errno;
        if (fstat(fd, &status) < 0)
                return -errno;
        *ret_regular = S_ISREG(status.st_mode);
        *ret_size = status.st_size;
        return fd_steal(&fd);
}

int log_file_open(const char *path, int64_t max_bytes, int64_t backups, LogFile **ret)
{
        g_autoptr(LogFile) file = g_new0(LogFile, 1);

        file->path = g_strdup(path);
        file->max_bytes = is_device(path) ? 0 : max_bytes;
        file->backups = backups;
        file->fd = open_target(path, &file->regular, &file->size);
        if (file->fd < 0)
                return file->fd;
        *ret = g_steal_pointer(&file);
        return 0;
}

LogFile *log_file_free(LogFile *file)
{
        if (!file)
                return NULL;
        fd_close(file->fd);
        g_free(file->path);
        g_free(file);
        return NULL;
}

const char *log_file_path(const LogFile *file)
{
        return file->path;
}

int log_file_fd(const LogFile *file)
{
        return file->fd;
}

void log_file_set_rotation(LogFile *file, int64_t max_bytes, int64_t backups)
{
        file->max_bytes = max_bytes;
        file->backups = backups;
}

int log_file_reopen(LogFile *file)
{
        bool regular;
        int64_t size;
        int fd;

        if (!file->regular)
                return 0;
        fd = open_target(file->path, &regular, &size);
        if (fd < 0)
                return fd;
        fd_close(file->fd);
        file->fd = fd;
        file->regular = regular;
        file->size = size;
        return 0;
}

static void rotate(LogFile *file)
{
        for (int64_t n = file->backups - 1; n >= 0; n--) {
                g_autofree char *from = n == 0 ? g_strdup(file->path)
                                               : g_strdup_printf("%s.%" PRId64, file->path, n);
                g_autofree char *to = g_strdup_printf("%s.%" PRId64, file->path, n + 1);

                (void)rename(from, to);
        }
        if (file->backups <= 0)
                (void)!ftruncate(file->fd, 0);
        /* A failed reopening goes on in the renamed file; the next write tries again. */
        if (log_file_reopen(file) < 0 || file->backups <= 0)
                file->size = 0;
}

ssize_t log_file_write(LogFile *file, const void *data, size_t size)
{
        size_t done = 0;

        while (done < size) {
                ssize_t n = write(file->fd, (const char *)data + done, size - done);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0 && errno == EAGAIN)
                        break;
                if (n < 0)
                        return done > 0 && !file->regular ? (ssize_t)done : -errno;
                done += n;
        }
        file->size += done;
        if (file->regular && file->max_bytes > 0 && file->size >= file->max_bytes)
                rotate(file);
        return done;
}
