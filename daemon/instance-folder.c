/* The lock is on a file in the folder and lives as long as its descriptor, so a crash leaves
 * nothing locked. */

#include "daemon/instance-folder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/cleanup.h"

#define MAX_INSTANCES 100

bool instance_folder_name(const char *identifier, char **ret, GError **error)
{
        g_autofree char *name = g_strdelimit(g_strdup(identifier), "/", '_');

        if (*name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
                g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                                "the identifier '%s' cannot name a folder", identifier);
                return false;
        }
        *ret = g_steal_pointer(&name);
        return true;
}

int instance_folder_lock(const char *path, const char *lock, int *ret_fd)
{
        g_autofree char *file = g_build_filename(path, lock, NULL);
        autofd fd = -1;

        if (g_mkdir_with_parents(path, 0700) < 0)
                return -errno;
        fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
                return -errno;
        if (flock(fd, LOCK_EX | LOCK_NB) < 0)
                return errno == EWOULDBLOCK ? -EBUSY : -errno;
        *ret_fd = fd_steal(&fd);
        return 0;
}

int instance_folder_claim(
                const char *base, const char *name, const char *lock, char **ret_path, int *ret_fd)
{
        for (int i = 1; i <= MAX_INSTANCES; i++) {
                g_autofree char *own = i == 1 ? g_strdup(name) : g_strdup_printf("%s.%d", name, i);
                g_autofree char *path = g_build_filename(base, own, NULL);
                int r = instance_folder_lock(path, lock, ret_fd);

                if (r >= 0)
                        *ret_path = g_steal_pointer(&path);
                if (r != -EBUSY)
                        return r;
        }
        return -EBUSY;
}

int instance_folder_let_pass(const char *path, gid_t gid)
{
        struct stat status;

        if (stat(path, &status) < 0 || chown(path, (uid_t)-1, gid) < 0 ||
                        chmod(path, (status.st_mode & 07777) | S_IXGRP) < 0)
                return -errno;
        return 0;
}

char *instance_folder_file(const char *path, const char *relative)
{
        g_autofree char *file = g_build_filename(path, relative, NULL);
        g_autofree char *parent = g_path_get_dirname(file);

        (void)g_mkdir_with_parents(parent, 0700);
        return g_steal_pointer(&file);
}
