/* clone(2) with CLONE_VM and CLONE_VFORK: the cost does not grow with the daemon, the pidfd comes
 * with the child, and the child tells through the shared memory why it could not execute the
 * program. It gets a stack of its own, since it must not come back into frames of the parent. */

#include "daemon/process/spawn.h"

#include <errno.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bus/cleanup.h"

#define STACK_BYTES (64 * 1024)

typedef struct Errand {
        const ChildSetup *setup;
        pid_t parent;
        ChildFailure failure;
} Errand;

CHILD_SIDE static int run_child(void *argument)
{
        Errand *errand = argument;

        child_setup_run(errand->setup, errand->parent, &errand->failure);
}

/* One spawn at a time and never from two threads, so the stack can be static. */
static char stack[STACK_BYTES] __attribute__((aligned(16)));

int spawn(const ChildSetup *setup, Spawned *ret, ChildFailure *failure)
{
        Errand errand = { .setup = setup, .parent = getpid() };
        sigset_t all, before;
        int pidfd = -1, saved_errno;
        pid_t pid;

        sigfillset(&all);
        sigprocmask(SIG_SETMASK, &all, &before);
        pid = clone(run_child, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD,
                        &errand, &pidfd);
        saved_errno = errno;
        sigprocmask(SIG_SETMASK, &before, NULL);
        if (pid < 0)
                return -saved_errno;
        if (errand.failure.step != CHILD_STEP_NONE) {
                (void)waitpid(pid, NULL, 0);
                fd_close(pidfd);
                *failure = errand.failure;
                return -ECHILD;
        }
        *ret = (Spawned){ .pid = pid, .pidfd = pidfd };
        return 0;
}
