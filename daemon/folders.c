/* The lock is on a file in the folder and lives as long as its descriptor, so a crash leaves
 * nothing locked. The folder of a fixed name stays after the end: removing it would race with an
 * instance that is starting. */

#include "daemon/folders.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/cleanup.h"

#define MAX_INSTANCES 100

struct RuntimeFolder {
        char *path;
        int lock_fd;
        bool fresh; /* below the temporary folder, for this run only */
};

/* Where the folder of a fixed name belongs; NULL when a fresh one is to be made. */
static char *fixed_base(bool *ret_asked_for)
{
        const char *asked = g_getenv("RUNTIME_DIRECTORY");
        const char *user = g_getenv("XDG_RUNTIME_DIR");

        *ret_asked_for = asked && *asked;
        if (*ret_asked_for)
                return g_strndup(asked, strcspn(asked, ":"));
        if (geteuid() == 0)
                return g_strdup("/run/busvisor");
        /* It may be that of the user we were before. */
        if (!user || !*user || access(user, W_OK) < 0)
                return NULL;
        return g_build_filename(user, "busvisor", NULL);
}

/* 1 = locked, 0 = somebody else has it, negative errno. */
static int try_lock(RuntimeFolder *folder, const char *path)
{
        g_autofree char *lock = g_build_filename(path, "lock", NULL);
        autofd fd = -1;

        if (g_mkdir_with_parents(path, 0700) < 0)
                return -errno;
        fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
                return -errno;
        if (flock(fd, LOCK_EX | LOCK_NB) < 0)
                return errno == EWOULDBLOCK ? 0 : -errno;
        folder->path = g_strdup(path);
        folder->lock_fd = fd_steal(&fd);
        return 1;
}

static bool fail(GError **error, int r, const char *path)
{
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(-r),
                        "cannot use the runtime folder %s: %s", path,
                        r == -EBUSY ? "another busvisord uses it" : g_strerror(-r));
        return false;
}

static bool lock_fixed(RuntimeFolder *folder, const char *base, const char *name, bool asked_for,
                GError **error)
{
        for (int i = 1; i <= MAX_INSTANCES; i++) {
                g_autofree char *own = i == 1 ? g_strdup(name) : g_strdup_printf("%s.%d", name, i);
                g_autofree char *path = g_build_filename(base, own, NULL);
                int r = try_lock(folder, path);

                if (r == 0 && asked_for)
                        r = -EBUSY;
                if (r < 0)
                        return fail(error, r, path);
                if (r > 0)
                        return true;
        }
        return fail(error, -EBUSY, base);
}

static bool make_fresh(RuntimeFolder *folder, GError **error)
{
        g_autofree char *path = g_dir_make_tmp("busvisor-XXXXXX", error);
        int r;

        if (!path)
                return false;
        folder->fresh = true;
        r = try_lock(folder, path);
        return r > 0 || fail(error, r, path);
}

bool runtime_folder_new(const char *identifier, RuntimeFolder **ret, GError **error)
{
        g_autoptr(RuntimeFolder) folder = g_new0(RuntimeFolder, 1);
        g_autofree char *name = g_strdelimit(g_strdup(identifier), "/", '_');
        bool asked_for;
        g_autofree char *base = fixed_base(&asked_for);

        folder->lock_fd = -1;
        if (*name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
                g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                                "the identifier '%s' cannot name a folder", identifier);
                return false;
        }
        if (base ? !lock_fixed(folder, base, name, asked_for, error) : !make_fresh(folder, error))
                return false;
        *ret = g_steal_pointer(&folder);
        return true;
}

RuntimeFolder *runtime_folder_free(RuntimeFolder *folder)
{
        static const char *const made[] = { "bus/socket", "bus.conf", "lock" };

        if (!folder)
                return NULL;
        for (size_t i = 0; folder->path && i < G_N_ELEMENTS(made); i++) {
                g_autofree char *path = g_build_filename(folder->path, made[i], NULL);

                if (folder->fresh || strcmp(made[i], "lock") != 0)
                        (void)unlink(path);
        }
        if (folder->path && folder->fresh) {
                g_autofree char *bus = g_build_filename(folder->path, "bus", NULL);

                (void)rmdir(bus);
                (void)rmdir(folder->path);
        }
        fd_close(folder->lock_fd);
        g_free(folder->path);
        g_free(folder);
        return NULL;
}

const char *runtime_folder_path(const RuntimeFolder *folder)
{
        return folder->path;
}

char *runtime_folder_file(const RuntimeFolder *folder, const char *relative)
{
        g_autofree char *path = g_build_filename(folder->path, relative, NULL);
        g_autofree char *parent = g_path_get_dirname(path);

        (void)g_mkdir_with_parents(parent, 0700);
        return g_steal_pointer(&path);
}
