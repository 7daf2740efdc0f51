/* The lock is on the file itself, which is therefore written in place. Between its opening and its
 * locking an instance that ends may have removed it; so it is looked at again, and if need be taken
 * anew. */

#include "daemon/pid-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/cleanup.h"

#define MAX_ATTEMPTS 10

struct PidFile {
        char *path;
        int fd;
        bool is_regular;
};

/* Still what the path leads to. */
static bool is_there(const PidFile *file)
{
        struct stat ours, found;

        return fstat(file->fd, &ours) == 0 && stat(file->path, &found) == 0 &&
               ours.st_dev == found.st_dev && ours.st_ino == found.st_ino;
}

static int open_it(PidFile *file)
{
        struct stat status;

        /* A pipe without a reader is not waited for. */
        file->fd = open(file->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0666);
        if (file->fd < 0 || fstat(file->fd, &status) < 0)
                return -errno;
        file->is_regular = S_ISREG(status.st_mode);
        return 0;
}

/* 1 = it is ours, 0 = it has gone meanwhile; -EBUSY = somebody else has it. A file system that
 * knows no locks does without. */
static int lock(PidFile *file)
{
        if (!file->is_regular)
                return 1;
        if (flock(file->fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
                return -EBUSY;
        return is_there(file);
}

static int take(PidFile *file)
{
        int r;

        for (int i = 0; i < MAX_ATTEMPTS; i++) {
                r = open_it(file);
                if (r >= 0)
                        r = lock(file);
                if (r != 0)
                        return r;
                file->fd = fd_close(file->fd);
        }
        return -EAGAIN;
}

/* The length is cut last, so that no reader finds the file empty. */
static int write_pid(const PidFile *file)
{
        char text[32];
        int length = snprintf(text, sizeof text, "%ld\n", (long)getpid());

        if (write(file->fd, text, length) != length)
                return errno ? -errno : -EIO;
        return file->is_regular && ftruncate(file->fd, length) < 0 ? -errno : 0;
}

static bool fail(const PidFile *file, int r, GError **error)
{
        char text[32] = "";
        ssize_t n = r == -EBUSY ? pread(file->fd, text, sizeof text - 1, 0) : 0;

        if (n > 0 && text[n - 1] == '\n')
                text[n - 1] = '\0';
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(-r),
                        "could not write pidfile %s: %s%s", file->path,
                        r == -EBUSY ? "it belongs to the running process " : g_strerror(-r), text);
        return false;
}

bool pid_file_new(const char *path, PidFile **ret, GError **error)
{
        g_autoptr(PidFile) file = g_new0(PidFile, 1);
        int r;

        file->path = g_strdup(path);
        file->fd = -1;
        r = take(file);
        if (r >= 0)
                r = write_pid(file);
        if (r < 0) {
                fail(file, r, error);
                file->is_regular = file->is_regular && r != -EBUSY; /* else not ours to remove */
                return false;
        }
        *ret = g_steal_pointer(&file);
        return true;
}

PidFile *pid_file_free(PidFile *file)
{
        if (!file)
                return NULL;
        if (file->fd >= 0 && file->is_regular && is_there(file))
                (void)unlink(file->path);
        fd_close(file->fd);
        g_free(file->path);
        g_free(file);
        return NULL;
}
