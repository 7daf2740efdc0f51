/* A name in the list of users does not mean that we may become it: a container may have no right
 * to, or know no such number. Nor does it mean that it gets to our programs and sockets. So it is
 * tried once, by a process that ends at once. */

#include "daemon/host-user.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/output/main-log.h"
#include "daemon/process/child-environment.h"

/* Of the process that tries: which step has failed. Those of reach come behind. */
enum {
        TRIED_WELL,
        TRIED_BECOMING,
        TRIED_PATHS,
};

void host_user_apply(const HostUser *user, ChildSetup *setup)
{
        if (!user->is_other)
                return;
        setup->change_user = true;
        setup->uid = user->uid;
        setup->gid = user->gid;
        setup->groups = NULL;
        setup->n_groups = 0;
}

static bool is_harmless(const char *variable)
{
        static const char *const prefixes[] = { "PATH=", "LANG=", "LANGUAGE=", "LC_", "TZ=", "LD_",
                "ASAN_", "LSAN_", "UBSAN_" };

        for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++)
                if (g_str_has_prefix(variable, prefixes[i]))
                        return true;
        return false;
}

char **host_user_environment(const HostUser *user)
{
        g_auto(GStrv) all = inherited_environment();
        g_autoptr(GStrvBuilder) kept = g_strv_builder_new();

        for (char **variable = all; *variable; variable++)
                if (!user->is_other || is_harmless(*variable))
                        g_strv_builder_add(kept, *variable);
        return g_strv_builder_end(kept);
}

/* For the child, which makes system calls alone. */
static int become_and_reach(const HostUser *user, const char *const *reach)
{
        if (syscall(SYS_setgroups, 0, NULL) < 0 ||
                        syscall(SYS_setresgid, user->gid, user->gid, user->gid) < 0 ||
                        syscall(SYS_setresuid, user->uid, user->uid, user->uid) < 0)
                return TRIED_BECOMING;
        for (int i = 0; reach[i]; i++)
                if (access(reach[i], X_OK) < 0)
                        return TRIED_PATHS + i;
        return TRIED_WELL;
}

static bool is_usable(const HostUser *user, const char *const *reach, GError **error)
{
        pid_t pid = fork();
        int status = 0;

        if (pid == 0)
                _exit(become_and_reach(user, reach));
        if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status) ||
                        WEXITSTATUS(status) == TRIED_BECOMING)
                g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_PERM,
                                "the hosts cannot become user %u here", (unsigned)user->uid);
        else if (WEXITSTATUS(status) >= TRIED_PATHS)
                g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_ACCES,
                                "the hosts cannot become user %u, who does not get to %s",
                                (unsigned)user->uid, reach[WEXITSTATUS(status) - TRIED_PATHS]);
        else
                return true;
        return false;
}

static void use_own(HostUser *user)
{
        *user = (HostUser){ .uid = geteuid(), .gid = getegid() };
}

static void use_entry(HostUser *user, const struct passwd *entry)
{
        *user = (HostUser){ entry->pw_uid != geteuid(), entry->pw_uid, entry->pw_gid };
}

static bool find_asked_for(const SupervisordConfig *config, const char *const *reach, HostUser *ret,
                GError **error)
{
        const struct passwd *entry = getpwuid(config->host_uid);
        g_autoptr(GError) why = NULL;

        if (entry)
                use_entry(ret, entry);
        if (entry && (!ret->is_other || is_usable(ret, reach, &why)))
                return true;
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_PERM, "host_user=%s: %s", config->host_user,
                        why ? why->message : "this user is gone");
        return false;
}

static void find_default(const char *const *reach, HostUser *ret)
{
        const struct passwd *entry = getpwnam(HOST_USER_DEFAULT);
        g_autoptr(GError) why = NULL;

        if (!entry) {
                log_info("there is no user " HOST_USER_DEFAULT
                         ", so the hosts run as root, without its privileges; host_user in "
                         "[supervisord] names another user");
                return;
        }
        use_entry(ret, entry);
        if (!ret->is_other || is_usable(ret, reach, &why))
                return;
        log_warn("%s; they run as root, without its privileges", why->message);
        use_own(ret);
}

bool host_user_find(const SupervisordConfig *config, const char *const *reach, HostUser *ret,
                GError **error)
{
        use_own(ret);
        if (geteuid() == 0 && config->host_user)
                return find_asked_for(config, reach, ret, error);
        if (geteuid() == 0)
                find_default(reach, ret);
        else if (config->host_user && config->host_uid != geteuid())
                log_warn("host_user=%s is only for a busvisord that runs as root; the hosts run as "
                         "its own user",
                                config->host_user);
        return true;
}
