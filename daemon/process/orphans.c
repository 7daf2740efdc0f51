/* The kernel shows ended children one at a time, and always the same one until it is reaped. One of
 * ours may only be reaped through its own pidfd; until that has happened it hides those behind it,
 * so the look is repeated. Looks take their turn with all other sources of the loop, and do not
 * wait until those are idle, which they never are where much is written. By its next turn the loop
 * has served all pidfds that were ready, so a thousand of ours that end at once cost a few looks,
 * not a thousand. A timer that is always due does that; a defer source would come before all
 * others. */

#include "daemon/process/orphans.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "bus/clock.h"
#include "daemon/output/main-log.h"
#include "daemon/process/child.h"
#include "daemon/process/process-table.h"

#define MAX_NAMED      20
#define LAST_WAIT_USEC UINT64_C(2000000)

struct Orphans {
        sd_event_source *signal, *again;
        GHashTable *watches; /* process group to Watch */
};

typedef struct Watch {
        OrphanReaped on_reaped;
        void *userdata;
} Watch;

static void tell_watch(const Orphans *orphans, pid_t group)
{
        const Watch *watch = g_hash_table_lookup(orphans->watches, GINT_TO_POINTER(group));

        if (watch)
                watch->on_reaped(watch->userdata);
}

/* True when one of our own is in the way. */
static bool reap(const Orphans *orphans)
{
        for (;;) {
                siginfo_t info = {};
                g_autofree char *text = NULL;
                ChildExit how;
                pid_t group;

                if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid == 0)
                        return false;
                if (child_is_ours(info.si_pid))
                        return true;
                group = getpgid(info.si_pid);
                if (waitid(P_PID, info.si_pid, &info, WEXITED | WNOHANG) < 0)
                        return false;
                how = child_exit_from_siginfo(&info);
                text = child_exit_to_string(&how);
                log_info("reaped unknown pid %ld (%s)", (long)info.si_pid, text);
                tell_watch(orphans, group);
        }
}

static int look(const Orphans *orphans)
{
        return reap(orphans) ? sd_event_source_set_enabled(orphans->again, SD_EVENT_ONESHOT) : 0;
}

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        return look(userdata);
}

static int on_again(sd_event_source *source, uint64_t usec, void *userdata)
{
        return look(userdata);
}

int orphans_new(sd_event *event, Orphans **ret)
{
        static const struct sigaction ends_only = { .sa_handler = SIG_DFL,
                .sa_flags = SA_NOCLDSTOP };
        g_autoptr(Orphans) orphans = g_new0(Orphans, 1);
        int r;

        sigaction(SIGCHLD, &ends_only, NULL);
        orphans->watches = g_hash_table_new_full(NULL, NULL, NULL, g_free);
        if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
                return -errno;
        r = sd_event_add_signal(event, &orphans->signal, SIGCHLD, on_signal, orphans);
        if (r < 0)
                return r;
        r = sd_event_add_time(event, &orphans->again, CLOCK_MONOTONIC, 0, 0, on_again, orphans);
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
        g_hash_table_unref(orphans->watches);
        g_free(orphans);
        return NULL;
}

void orphans_watch_group(Orphans *orphans, pid_t group, OrphanReaped on_reaped, void *userdata)
{
        Watch *watch = g_new(Watch, 1);

        *watch = (Watch){ on_reaped, userdata };
        g_hash_table_insert(orphans->watches, GINT_TO_POINTER(group), watch);
}

void orphans_unwatch_group(Orphans *orphans, pid_t group)
{
        g_hash_table_remove(orphans->watches, GINT_TO_POINTER(group));
}

static GArray *what_lives(void)
{
        g_autoptr(GArray) table = process_table_read();

        return process_table_below(table, getpid());
}

/* Each descendant becomes our child before it is gone, so the end of all children is the end of
 * all. */
static void wait_for_all(void)
{
        const uint64_t until = clock_now_usec(CLOCK_MONOTONIC) + LAST_WAIT_USEC;
        sigset_t child;
        uint64_t now;
        pid_t pid;

        sigemptyset(&child);
        sigaddset(&child, SIGCHLD);
        while ((pid = waitpid(-1, NULL, WNOHANG)) >= 0) {
                struct timespec left;

                if (pid > 0)
                        continue;
                now = clock_now_usec(CLOCK_MONOTONIC);
                if (now >= until)
                        return;
                left = (struct timespec){ .tv_sec = (until - now) / 1000000,
                        .tv_nsec = (until - now) % 1000000 * 1000 };
                (void)sigtimedwait(&child, NULL, &left);
        }
}

void orphans_end(Orphans *orphans)
{
        g_autoptr(GArray) living = NULL;
        g_autofree char *text = NULL;

        if (!orphans)
                return;
        (void)reap(orphans);
        living = what_lives();
        if (living->len == 0)
                return;
        text = process_table_to_string(living, MAX_NAMED);
        log_warn("%u %s on: %s", living->len,
                        living->len == 1 ? "process that programs have left behind lives"
                                         : "processes that programs have left behind live",
                        text);
        if (getpid() != 1)
                return;
        for (guint i = 0; i < living->len; i++)
                (void)kill(g_array_index(living, ProcessEntry, i).pid, SIGTERM);
        wait_for_all();
}
