/* The kernel shows ended children one at a time, and always the same one until it is reaped. One of
 * ours may only be reaped through its own pidfd, whose source has precedence; until that has
 * happened it hides those behind it, so the look is repeated in the next round. */

#include "daemon/process/orphans.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "bus/cleanup.h"
#include "daemon/output/main-log.h"
#include "daemon/process/child.h"

struct Orphans {
        sd_event_source *signal, *again;
};

/* True when one of our own is in the way. */
static bool reap(void)
{
        for (;;) {
                siginfo_t info = {};
                g_autofree char *text = NULL;
                ChildExit how;

                if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid == 0)
                        return false;
                if (child_is_ours(info.si_pid))
                        return true;
                if (waitid(P_PID, info.si_pid, &info, WEXITED | WNOHANG) < 0)
                        return false;
                how = child_exit_from_siginfo(&info);
                text = child_exit_to_string(&how);
                log_info("reaped unknown pid %ld (%s)", (long)info.si_pid, text);
        }
}

static int on_look(Orphans *orphans)
{
        return reap() ? sd_event_source_set_enabled(orphans->again, SD_EVENT_ONESHOT) : 0;
}

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        return on_look(userdata);
}

static int on_again(sd_event_source *source, void *userdata)
{
        return on_look(userdata);
}

int orphans_new(sd_event *event, Orphans **ret)
{
        g_autoptr(Orphans) orphans = g_new0(Orphans, 1);
        int r;

        r = sd_event_add_signal(event, &orphans->signal, SIGCHLD, on_signal, orphans);
        if (r < 0)
                return r;
        r = sd_event_source_set_priority(orphans->signal, SD_EVENT_PRIORITY_IDLE);
        if (r < 0)
                return r;
        r = sd_event_add_defer(event, &orphans->again, on_again, orphans);
        if (r < 0)
                return r;
        r = sd_event_source_set_priority(orphans->again, SD_EVENT_PRIORITY_IDLE);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&orphans);
        return 0;
}

Orphans *orphans_free(Orphans *orphans)
{
        if (!orphans)
                return NULL;
        sd_event_source_disable_unref(orphans->signal);
        sd_event_source_disable_unref(orphans->again);
        g_free(orphans);
        return NULL;
}
