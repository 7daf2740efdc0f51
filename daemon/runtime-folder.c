/* The folder of a fixed name stays after the end: removing it would race with an instance that is
 * starting. */

#include "daemon/runtime-folder.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "daemon/instance-folder.h"

#define LOCK "lock"

struct RuntimeFolder {
        char *path;
        int lock_fd;
        bool fresh;     /* below the temporary folder, for this run only */
        bool asked_for; /* with $RUNTIME_DIRECTORY, whose own rights are as somebody wants them */
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

static bool fail(GError **error, int r, const char *path)
{
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(-r),
                        "cannot use the runtime folder %s: %s", path,
                        r == -EBUSY ? "another busvisord uses it" : g_strerror(-r));
        return false;
}

static void let_everybody_pass(const char *path)
{
        struct stat found;

        if (stat(path, &found) == 0)
                (void)chmod(path, (found.st_mode & 07777) | 0111);
}

/* Only root has hosts and programs of other users, who have to get to what is below. */
static void open_base(const RuntimeFolder *folder)
{
        g_autofree char *base = g_path_get_dirname(folder->path);

        if (geteuid() == 0 && !folder->fresh && !folder->asked_for)
                let_everybody_pass(base);
}

static bool lock_fixed(RuntimeFolder *folder, const char *base, const char *name, GError **error)
{
        g_autofree char *path = g_build_filename(base, name, NULL);
        int r;

        if (!folder->asked_for) {
                r = instance_folder_claim(base, name, LOCK, &folder->path, &folder->lock_fd);
                return r >= 0 || fail(error, r, path);
        }
        r = instance_folder_lock(path, LOCK, &folder->lock_fd);
        if (r < 0)
                return fail(error, r, path);
        folder->path = g_steal_pointer(&path);
        return true;
}

static bool make_fresh(RuntimeFolder *folder, GError **error)
{
        int r;

        folder->path = g_dir_make_tmp("busvisor-XXXXXX", error);
        if (!folder->path)
                return false;
        folder->fresh = true;
        r = instance_folder_lock(folder->path, LOCK, &folder->lock_fd);
        return r >= 0 || fail(error, r, folder->path);
}

bool runtime_folder_new(const char *identifier, RuntimeFolder **ret, GError **error)
{
        g_autoptr(RuntimeFolder) folder = g_new0(RuntimeFolder, 1);
        g_autofree char *name = NULL;
        g_autofree char *base = fixed_base(&folder->asked_for);

        folder->lock_fd = -1;
        if (!instance_folder_name(identifier, &name, error))
                return false;
        if (base ? !lock_fixed(folder, base, name, error) : !make_fresh(folder, error))
                return false;
        open_base(folder);
        *ret = g_steal_pointer(&folder);
        return true;
}

RuntimeFolder *runtime_folder_free(RuntimeFolder *folder)
{
        static const char *const made[] = { "bus/socket", "bus.conf", LOCK };

        if (!folder)
                return NULL;
        for (size_t i = 0; folder->path && i < G_N_ELEMENTS(made); i++) {
                g_autofree char *path = g_build_filename(folder->path, made[i], NULL);

                if (folder->fresh || strcmp(made[i], LOCK) != 0)
                        (void)unlink(path);
        }
        if (folder->path && folder->fresh) {
                g_autofree char *bus = g_build_filename(folder->path, "bus", NULL);
                g_autofree char *rpc = g_build_filename(folder->path, "rpc", NULL);

                (void)rmdir(bus);
                (void)rmdir(rpc);
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
        return instance_folder_file(folder->path, relative);
}

char *runtime_folder_open_file(const RuntimeFolder *folder, const char *relative)
{
        g_autofree char *file = runtime_folder_file(folder, relative);
        g_autofree char *parent = g_path_get_dirname(file);

        if (geteuid() == 0) {
                let_everybody_pass(parent);
                let_everybody_pass(folder->path);
        }
        return g_steal_pointer(&file);
}
