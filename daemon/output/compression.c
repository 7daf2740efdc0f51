/* The backup keeps its name until its compressed form is complete, so a crash loses nothing; what
 * it leaves is a temporary file of a fixed name, which the next compression of that log overwrites,
 * and a plain backup, which it takes up. Where the backup is by then is found by its inode, which
 * cannot be given to another file while it is open here. */

#include "daemon/output/compression.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/cleanup.h"

struct Compression {
        char *path; /* of the log file */
        Rotation rotation;
        char *backup; /* its path at the beginning */
        int source;
        char *temporary; /* NULL once it is in its place */
        int target;
};

static const char *const programs[_LOG_COMPRESSION_MAX] = {
        [LOG_COMPRESSION_GZIP] = "gzip",
        [LOG_COMPRESSION_XZ] = "xz",
        [LOG_COMPRESSION_ZSTD] = "zstd",
        [LOG_COMPRESSION_BZIP2] = "bzip2",
};

static CompressionRequested request_handler;
static void *request_userdata;

void compression_set_handler(CompressionRequested handler, void *userdata)
{
        request_handler = handler;
        request_userdata = userdata;
}

void compression_request(const char *path, const Rotation *rotation)
{
        if (request_handler)
                request_handler(path, rotation, request_userdata);
}

/* Plain backups only; -ENOENT when there is none of that number. */
static int open_backup(const char *name)
{
        autofd fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
        struct stat status;

        if (fd < 0)
                return -errno;
        if (fstat(fd, &status) < 0)
                return -errno;
        return S_ISREG(status.st_mode) ? fd_steal(&fd) : -ENOENT;
}

static int find_backup(Compression *compression)
{
        const int64_t oldest = rotation_oldest(compression->path, compression->rotation.backups);

        for (int64_t n = 1; n <= oldest; n++) {
                g_autofree char *name = rotation_name(compression->path, n, LOG_COMPRESSION_NONE);

                compression->source = open_backup(name);
                if (compression->source >= 0)
                        compression->backup = g_steal_pointer(&name);
                if (compression->source != -ENOENT)
                        return compression->source;
        }
        return -ENOENT;
}

/* Readable by nobody else until it has the rights of the plain one. */
static int make_temporary(Compression *compression)
{
        const char *suffix = rotation_suffix(compression->rotation.compress);
        g_autofree char *name = g_strdup_printf("%s%s.tmp", compression->path, suffix);

        if (unlink(name) < 0 && errno != ENOENT)
                return -errno;
        compression->target = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (compression->target < 0)
                return -errno;
        compression->temporary = g_steal_pointer(&name);
        return 0;
}

int compression_new(const char *path, const Rotation *rotation, Compression **ret)
{
        g_autoptr(Compression) compression = g_new0(Compression, 1);
        int r;

        compression->path = g_strdup(path);
        compression->rotation = *rotation;
        compression->source = compression->target = -1;
        r = find_backup(compression);
        if (r == -ENOENT)
                return 0;
        if (r >= 0)
                r = make_temporary(compression);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&compression);
        return 1;
}

Compression *compression_free(Compression *compression)
{
        if (!compression)
                return NULL;
        if (compression->temporary)
                (void)unlink(compression->temporary);
        fd_close(compression->source);
        fd_close(compression->target);
        g_free(compression->temporary);
        g_free(compression->backup);
        g_free(compression->path);
        g_free(compression);
        return NULL;
}

const char *compression_program(const Compression *compression)
{
        return programs[compression->rotation.compress];
}

int compression_source(const Compression *compression)
{
        return compression->source;
}

int compression_target(const Compression *compression)
{
        return compression->target;
}

const char *compression_path(const Compression *compression)
{
        return compression->backup;
}

/* The number that the backup has now; 0 when it has been rotated away. */
static int64_t find_number(const Compression *compression, const struct stat *source)
{
        const int64_t oldest = rotation_oldest(compression->path, compression->rotation.backups);

        for (int64_t n = 1; n <= oldest; n++) {
                g_autofree char *name = rotation_name(compression->path, n, LOG_COMPRESSION_NONE);
                struct stat status;

                if (lstat(name, &status) == 0 && status.st_dev == source->st_dev &&
                                status.st_ino == source->st_ino)
                        return n;
        }
        return 0;
}

/* Whom it belongs to, who may read it and when it was written last. Only root can give it away. */
static int copy_attributes(const Compression *compression, const struct stat *source)
{
        const struct timespec times[] = { source->st_atim, source->st_mtim };

        (void)!fchown(compression->target, source->st_uid, source->st_gid);
        if (fchmod(compression->target, source->st_mode & 0777) < 0 ||
                        futimens(compression->target, times) < 0)
                return -errno;
        return 0;
}

int compression_finish(Compression *compression)
{
        g_autofree char *plain = NULL;
        g_autofree char *compressed = NULL;
        struct stat status;
        int64_t n;
        int r;

        if (fstat(compression->source, &status) < 0)
                return -errno;
        /* Somebody has written to it after its end was read. */
        if (lseek(compression->source, 0, SEEK_CUR) != status.st_size)
                return -EBUSY;
        n = find_number(compression, &status);
        if (n == 0)
                return 0;
        r = copy_attributes(compression, &status);
        if (r < 0)
                return r;
        plain = rotation_name(compression->path, n, LOG_COMPRESSION_NONE);
        compressed = rotation_name(compression->path, n, compression->rotation.compress);
        if (rename(compression->temporary, compressed) < 0)
                return -errno;
        g_clear_pointer(&compression->temporary, g_free);
        return unlink(plain) < 0 ? -errno : 0;
}
