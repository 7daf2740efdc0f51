/* Limits come before the user, since only root can raise a hard limit. Each process takes about
 * four descriptors here, hence as many as we may have; programs get what they would have had under
 * Supervisor, because some loop over all descriptors that are possible. */

#include "daemon/privileges.h"

#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <unistd.h>

/* Raises the soft limit, and if need be the hard one, to at least minimum. */
static bool ensure(int resource, const char *name, int64_t minimum, struct rlimit *ret,
                GPtrArray *notes, GError **error)
{
        struct rlimit limit;

        if (getrlimit(resource, &limit) < 0) {
                g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot read %s: %s", name,
                                g_strerror(errno));
                return false;
        }
        *ret = limit;
        if (limit.rlim_cur == RLIM_INFINITY || minimum <= 0 || limit.rlim_cur >= (rlim_t)minimum)
                return true;
        limit.rlim_cur = minimum;
        if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < (rlim_t)minimum)
                limit.rlim_max = minimum;
        if (setrlimit(resource, &limit) < 0) {
                g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                                "%" PRId64 " is required for %s, but only %llu is possible here; "
                                "raise the limit or lower the minimum in [supervisord]",
                                minimum, name, (unsigned long long)ret->rlim_max);
                return false;
        }
        *ret = limit;
        g_ptr_array_add(notes, g_strdup_printf("Increased %s limit to %" PRId64, name, minimum));
        return true;
}

bool limits_apply(const SupervisordConfig *config, struct rlimit *ret_children, GPtrArray *notes,
                GError **error)
{
        struct rlimit descriptors, processes;

        if (!ensure(RLIMIT_NOFILE, "RLIMIT_NOFILE", config->minfds, &descriptors, notes, error) ||
                        !ensure(RLIMIT_NPROC, "RLIMIT_NPROC", config->minprocs, &processes, notes,
                                        error))
                return false;
        *ret_children = descriptors;
        descriptors.rlim_cur = descriptors.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &descriptors);
        return true;
}

static bool become(const SupervisordConfig *config, GError **error)
{
        const struct passwd *user = getpwuid(config->uid);

        if (geteuid() != 0 || !user) {
                g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_PERM,
                                "cannot become user %s: only root can, and only a user that exists",
                                config->user);
                return false;
        }
        if (initgroups(user->pw_name, user->pw_gid) < 0 || setgid(user->pw_gid) < 0 ||
                        setuid(config->uid) < 0) {
                g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno),
                                "cannot become user %s: %s", config->user, g_strerror(errno));
                return false;
        }
        return true;
}

bool privileges_drop(const SupervisordConfig *config, GPtrArray *notes, GError **error)
{
        if (config->uid == (uid_t)-1)
                return true;
        if (config->uid != getuid() && !become(config, error))
                return false;
        g_ptr_array_add(notes,
                        g_strdup_printf("Set uid to user %u succeeded", (unsigned)config->uid));
        return true;
}
