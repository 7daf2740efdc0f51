/* The lock has a name of its own, as people give the runtime and the state folder the same base. */

#include "daemon/state-folder.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "daemon/instance-folder.h"

#define LOCK      "state.lock"
#define OF_ROOT   "/var/lib/busvisor"
#define BELOW_XDG "busvisor"

struct StateFolder {
        char *path;
        int lock_fd; /* -1 = it could not be made */
};

/* Where it belongs, the best place first. HOME may be that of the user we were before. */
static GPtrArray *bases(void)
{
        GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
        const char *state = g_getenv("XDG_STATE_HOME"), *home = g_getenv("HOME");
        const struct passwd *user = getpwuid(geteuid());

        if (geteuid() == 0) {
                g_ptr_array_add(found, g_strdup(OF_ROOT));
                return found;
        }
        if (state && g_path_is_absolute(state))
                g_ptr_array_add(found, g_build_filename(state, BELOW_XDG, NULL));
        if (home && g_path_is_absolute(home))
                g_ptr_array_add(found, g_build_filename(home, ".local/state", BELOW_XDG, NULL));
        if (user && g_path_is_absolute(user->pw_dir))
                g_ptr_array_add(found,
                                g_build_filename(user->pw_dir, ".local/state", BELOW_XDG, NULL));
        if (found->len == 0)
                g_ptr_array_add(found, g_strdup(OF_ROOT));
        return found;
}

static void claim_any(StateFolder *folder, const char *name)
{
        g_autoptr(GPtrArray) places = bases();

        for (guint i = 0; i < places->len; i++)
                if (instance_folder_claim(places->pdata[i], name, LOCK, &folder->path,
                                    &folder->lock_fd) >= 0)
                        return;
        folder->path = g_build_filename(places->pdata[0], name, NULL);
}

static bool lock_asked_for(StateFolder *folder, GError **error)
{
        if (state_folder_ensure(folder) != -EBUSY)
                return true;
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                        "cannot use the state folder %s: another busvisord uses it", folder->path);
        return false;
}

bool state_folder_new(const char *asked, const char *identifier, StateFolder **ret, GError **error)
{
        g_autoptr(StateFolder) folder = g_new0(StateFolder, 1);
        g_autofree char *name = NULL;
        const char *base = g_getenv("STATE_DIRECTORY");

        folder->lock_fd = -1;
        if (!instance_folder_name(identifier, &name, error))
                return false;
        if (asked) {
                folder->path = g_strdup(asked);
        } else if (base && *base) {
                g_autofree char *first = g_strndup(base, strcspn(base, ":"));

                folder->path = g_build_filename(first, name, NULL);
        }
        if (!folder->path)
                claim_any(folder, name);
        else if (!lock_asked_for(folder, error))
                return false;
        *ret = g_steal_pointer(&folder);
        return true;
}

StateFolder *state_folder_free(StateFolder *folder)
{
        if (!folder)
                return NULL;
        fd_close(folder->lock_fd);
        g_free(folder->path);
        g_free(folder);
        return NULL;
}

const char *state_folder_path(const StateFolder *folder)
{
        return folder->path;
}

char *state_folder_file(const StateFolder *folder, const char *relative)
{
        return instance_folder_file(folder->path, relative);
}

static bool holds_lock(const StateFolder *folder)
{
        g_autofree char *file = g_build_filename(folder->path, LOCK, NULL);
        struct stat held, there;

        return folder->lock_fd >= 0 && fstat(folder->lock_fd, &held) == 0 &&
               lstat(file, &there) == 0 && held.st_dev == there.st_dev &&
               held.st_ino == there.st_ino;
}

int state_folder_ensure(StateFolder *folder)
{
        int fd, r;

        if (holds_lock(folder))
                return 0;
        r = instance_folder_lock(folder->path, LOCK, &fd);
        if (r < 0)
                return r;
        fd_close(folder->lock_fd);
        folder->lock_fd = fd;
        return 0;
}
