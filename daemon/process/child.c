/* The pidfd is watched as a plain descriptor and its process reaped by that descriptor alone. So no
 * other child can be taken by mistake, and no SIGCHLD is needed to see an exit at once.
 *
 * Edge-triggered: who is being traced can have ended without being ours to reap yet; the kernel
 * wakes the descriptor again when the tracer lets go. */

#include "daemon/process/child.h"

#include <errno.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "daemon/process/signal-name.h"
#include "daemon/process/spawn.h"

struct Child {
        pid_t pid;
        int pidfd;
        sd_event_source *source;
        ChildExited on_exited;
        void *userdata;
};

/* Set of the pids that are to be reaped here. */
static GHashTable *own_pids;

bool child_is_ours(pid_t pid)
{
        return own_pids && g_hash_table_contains(own_pids, GINT_TO_POINTER(pid));
}

static void note_own(pid_t pid)
{
        if (!own_pids)
                own_pids = g_hash_table_new(NULL, NULL);
        g_hash_table_add(own_pids, GINT_TO_POINTER(pid));
}

static void forget_own(pid_t pid)
{
        g_hash_table_remove(own_pids, GINT_TO_POINTER(pid));
        if (g_hash_table_size(own_pids) == 0)
                g_clear_pointer(&own_pids, g_hash_table_unref);
}

ChildExit child_exit_from_siginfo(const siginfo_t *info)
{
        if (info->si_code == CLD_EXITED)
                return (ChildExit){ .code = info->si_status };
        return (ChildExit){ .code = -1,
                .term_signal = info->si_status,
                .core_dumped = info->si_code == CLD_DUMPED };
}

static int on_pidfd(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        Child *child = userdata;
        siginfo_t info = {};
        ChildExit how;

        if (waitid(P_PIDFD, child->pidfd, &info, WEXITED | WNOHANG) < 0) {
                /* Somebody reaped it for us: that it has ended is all that can be known. */
                info.si_code = CLD_EXITED;
                info.si_status = -1;
        } else if (info.si_pid == 0)
                return 0;
        child->source = sd_event_source_disable_unref(child->source);
        forget_own(child->pid);
        how = child_exit_from_siginfo(&info);
        child->on_exited(child, &how, child->userdata);
        return 0;
}

int child_new(sd_event *event, const ChildSetup *setup, ChildExited on_exited, void *userdata,
                Child **ret, ChildFailure *failure)
{
        g_autoptr(Child) child = g_new0(Child, 1);
        Spawned spawned;
        int r;

        child->pidfd = -1;
        child->on_exited = on_exited;
        child->userdata = userdata;
        r = spawn(setup, &spawned, failure);
        if (r < 0)
                return r;
        child->pid = spawned.pid;
        child->pidfd = spawned.pidfd;
        note_own(child->pid);
        r = sd_event_add_io(
                        event, &child->source, child->pidfd, EPOLLIN | EPOLLET, on_pidfd, child);
        if (r < 0) {
                (void)child_signal(child, SIGKILL, true);
                (void)waitpid(child->pid, NULL, 0);
                forget_own(child->pid);
                return r;
        }
        *ret = g_steal_pointer(&child);
        return 0;
}

Child *child_free(Child *child)
{
        if (!child)
                return NULL;
        if (child->source)
                forget_own(child->pid);
        sd_event_source_disable_unref(child->source);
        fd_close(child->pidfd);
        g_free(child);
        return NULL;
}

void child_end(Child *child, int timeout_msec)
{
        struct pollfd exited = { .fd = child->pidfd, .events = POLLIN };

        child->source = sd_event_source_disable_unref(child->source);
        (void)child_signal(child, SIGTERM, false);
        if (poll(&exited, 1, timeout_msec) <= 0)
                (void)child_signal(child, SIGKILL, false);
        (void)waitid(P_PIDFD, child->pidfd, NULL, WEXITED);
        forget_own(child->pid);
}

pid_t child_pid(const Child *child)
{
        return child->pid;
}

int child_signal(Child *child, int signal_number, bool to_group)
{
        int r;

        if (to_group)
                r = kill(-child->pid, signal_number);
        else
                r = syscall(SYS_pidfd_send_signal, child->pidfd, signal_number, NULL, 0);
        return r < 0 ? -errno : 0;
}

char *child_exit_to_string(const ChildExit *how)
{
        g_autofree char *name = NULL;

        if (how->term_signal == 0)
                return g_strdup_printf("exit status %d", how->code);
        name = signal_name_to_string(how->term_signal);
        return g_strdup_printf(
                        "terminated by %s%s", name, how->core_dumped ? " (core dumped)" : "");
}
