/* Child: a process of ours while it lives, watched by its pidfd.
 *
 * Used for supervised programs and for the daemon's own helpers alike. */
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <glib.h>
#include <systemd/sd-event.h>

#include "daemon/process/child-setup.h"

typedef struct Child Child;

/* How it ended. */
typedef struct ChildExit {
        int code;        /* exit code; -1 when a signal killed it */
        int term_signal; /* 0 when none did */
        bool core_dumped;
} ChildExit;

/* Called once, when it has ended and was reaped; the child may be freed in it. */
typedef void (*ChildExited)(Child *child, const ChildExit *how, void *userdata);

/* As spawn(): negative errno, -ECHILD with *failure. */
int child_new(sd_event *event, const ChildSetup *setup, ChildExited on_exited, void *userdata,
                Child **ret, ChildFailure *failure);
/* Forgets a child; does not end it. When it ends later it is reaped as an orphan (orphans.h). */
Child *child_free(Child *child);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Child, child_free)

/* Ends it with SIGTERM and, when that has not helped within so long, with SIGKILL; waits and reaps.
 * Only for the end of the daemon: the loop stands still. */
void child_end(Child *child, int timeout_msec);

pid_t child_pid(const Child *child);
/* To the process itself, or to its whole process group. Negative errno; -ESRCH when it is gone. */
int child_signal(Child *child, int signal_number, bool to_group);

/* Is this the pid of a Child that has not been reaped yet? */
bool child_is_ours(pid_t pid);

/* From what waitid(2) tells. */
ChildExit child_exit_from_siginfo(const siginfo_t *info);
/* "exit status 1", "terminated by SIGKILL (core dumped)". Caller frees with g_free. */
char *child_exit_to_string(const ChildExit *how);
