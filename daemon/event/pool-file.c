/* Names of pools may have any characters; in the name of a file all but the usual ones are %XX. A
 * name that would be too long is cut, and a checksum of the whole makes it another one again.
 *
 * A file that is written anew takes the place of the old one when it is complete. After a failed
 * append nobody knows what of it is in the file: nothing is appended behind that. */

#include "daemon/event/pool-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "bus/read-whole.h"
#include "daemon/output/main-log.h"

#define SUFFIX         ".pool"
#define TEMPORARY      ".new"
#define ASIDE          ".damaged"
#define NAME_MAX_BYTES 160

/* What a file may grow by before it is written anew; and by its own size, if that is more. */
#define SPARE_BYTES (64 * 1024)
/* Larger ones are none of ours. */
#define MAX_BYTES (256 * 1024 * 1024)

struct PoolFile {
        char *pool;
        char *path;
        int fd;                   /* for appending; -1 = it has to be written anew */
        size_t written, appended; /* bytes: by the last time as a whole, and since */
};

static char *file_name(const char *pool)
{
        GString *name = g_string_new(NULL);

        for (const char *c = pool; *c; c++)
                if (g_ascii_isalnum(*c) || *c == '-' || *c == '_' || (*c == '.' && name->len > 0))
                        g_string_append_c(name, *c);
                else
                        g_string_append_printf(name, "%%%02X", (unsigned char)*c);
        if (name->len > NAME_MAX_BYTES) {
                g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA1, pool, -1);

                g_string_truncate(name, NAME_MAX_BYTES);
                g_string_append_printf(name, "~%s", sum);
        }
        g_string_append(name, SUFFIX);
        return g_string_free(name, false);
}

PoolFile *pool_file_new(const char *folder, const char *pool)
{
        g_autofree char *name = file_name(pool);
        PoolFile *file = g_new0(PoolFile, 1);

        file->pool = g_strdup(pool);
        file->path = g_build_filename(folder, name, NULL);
        file->fd = -1;
        return file;
}

PoolFile *pool_file_free(PoolFile *file)
{
        if (!file)
                return NULL;
        fd_close(file->fd);
        g_free(file->path);
        g_free(file->pool);
        g_free(file);
        return NULL;
}

const char *pool_file_path(const PoolFile *file)
{
        return file->path;
}

/* Reading. */

static int read_all(int fd, GByteArray *bytes)
{
        struct stat status;
        ssize_t n;

        if (fstat(fd, &status) < 0)
                return -errno;
        if (status.st_size > MAX_BYTES)
                return -EFBIG;
        g_byte_array_set_size(bytes, status.st_size);
        n = read_whole(fd, bytes->data, bytes->len);
        if (n < 0)
                return n;
        g_byte_array_set_size(bytes, n);
        return 0;
}

static void set_aside(const PoolFile *file, const char *why)
{
        g_autofree char *aside = g_strconcat(file->path, ASIDE, NULL);

        if (rename(file->path, aside) < 0)
                log_warn("%s %s, and cannot be set aside: %s", file->path, why, g_strerror(errno));
        else
                log_warn("%s %s, and is set aside as %s", file->path, why, aside);
}

static const char *what_is_wrong(const PoolFile *file, const PoolImage *image)
{
        switch (image->end) {
        case POOL_RECORD_END_UNKNOWN:
                return "was written by a later version";
        case POOL_RECORD_END_DAMAGED:
                return "is damaged";
        case POOL_RECORD_END_CLEAN:
        case POOL_RECORD_END_TORN:
                break;
        }
        if (image->pool && strcmp(image->pool, file->pool) != 0)
                return "is of another pool";
        return NULL;
}

int pool_file_read(PoolFile *file, PoolImage **ret)
{
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        g_autoptr(PoolImage) image = NULL;
        autofd fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        const char *wrong;
        int r;

        if (fd < 0 && errno != ENOENT)
                return -errno;
        if (fd < 0) {
                *ret = NULL;
                return 0;
        }
        r = read_all(fd, bytes);
        if (r < 0)
                return r;
        image = pool_image_read(bytes->data, bytes->len);
        wrong = what_is_wrong(file, image);
        if (wrong)
                set_aside(file, wrong);
        if (g_strcmp0(image->pool, file->pool) != 0)
                image = pool_image_free(image);
        *ret = g_steal_pointer(&image);
        return 0;
}

/* Writing. */

static int write_all(int fd, const GByteArray *records)
{
        size_t done = 0;

        while (done < records->len) {
                ssize_t n = write(fd, records->data + done, records->len - done);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                done += n;
        }
        return 0;
}

static int sync_folder_of(const char *path)
{
        g_autofree char *folder = g_path_get_dirname(path);
        autofd fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

static int replace(const PoolFile *file, const char *temporary, int fd, bool sync)
{
        if (sync && fdatasync(fd) < 0)
                return -errno;
        if (rename(temporary, file->path) < 0)
                return -errno;
        return sync ? sync_folder_of(file->path) : 0;
}

int pool_file_write(PoolFile *file, const GByteArray *records, bool sync)
{
        g_autofree char *temporary = g_strconcat(file->path, TEMPORARY, NULL);
        autofd fd = -1;
        int r;

        file->fd = fd_close(file->fd);
        fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW,
                        0600);
        if (fd < 0)
                return -errno;
        r = write_all(fd, records);
        if (r >= 0)
                r = replace(file, temporary, fd, sync);
        if (r < 0) {
                (void)unlink(temporary);
                return r;
        }
        file->fd = fd_steal(&fd);
        file->written = records->len;
        file->appended = 0;
        return 0;
}

static int append(const PoolFile *file, const GByteArray *records, bool sync)
{
        struct stat status;
        int r;

        if (fstat(file->fd, &status) < 0)
                return -errno;
        if (status.st_nlink == 0)
                return -ESTALE;
        r = write_all(file->fd, records);
        if (r < 0)
                return r;
        return sync && fdatasync(file->fd) < 0 ? -errno : 0;
}

int pool_file_append(PoolFile *file, const GByteArray *records, bool sync)
{
        int r;

        if (file->fd < 0)
                return -ESTALE;
        r = append(file, records, sync);
        if (r < 0)
                file->fd = fd_close(file->fd);
        else
                file->appended += records->len;
        return r;
}

bool pool_file_is_grown(const PoolFile *file)
{
        return file->appended > MAX(file->written, SPARE_BYTES);
}

/* The folder. */

static void free_entry(gpointer data)
{
        PoolFileEntry *entry = data;

        g_free(entry->path);
        g_free(entry);
}

static bool is_ours(const char *name)
{
        return g_str_has_suffix(name, SUFFIX) || g_str_has_suffix(name, SUFFIX TEMPORARY) ||
               g_str_has_suffix(name, SUFFIX ASIDE);
}

GPtrArray *pool_file_list(const char *folder)
{
        GPtrArray *entries = g_ptr_array_new_with_free_func(free_entry);
        g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
        const char *name;

        while (dir && (name = g_dir_read_name(dir))) {
                g_autofree char *path = g_build_filename(folder, name, NULL);
                PoolFileEntry *entry;
                struct stat status;

                if (!is_ours(name) || lstat(path, &status) < 0 || !S_ISREG(status.st_mode))
                        continue;
                entry = g_new(PoolFileEntry, 1);
                entry->path = g_steal_pointer(&path);
                entry->changed_usec = (uint64_t)status.st_mtim.tv_sec * G_USEC_PER_SEC +
                                      status.st_mtim.tv_nsec / 1000;
                g_ptr_array_add(entries, entry);
        }
        return entries;
}
