/* Orphans: processes below us whose own parents have ended. They become children of busvisord,
 * which is the subreaper of all that it starts (or process 1), so that nothing gets out of sight.
 *
 * They are reaped here, with a line in the main log for each. What busvisord starts itself is none
 * of them: whoever makes a process makes a Child, which is reaped through its own pidfd alone. */
#pragma once

#include <sys/types.h>

#include <glib.h>
#include <systemd/sd-event.h>

typedef struct Orphans Orphans;

/* Makes this process a subreaper, and reaps what is none of our own children whenever something
 * has ended. SIGCHLD must be blocked. Negative errno. */
int orphans_new(sd_event *event, Orphans **ret);
Orphans *orphans_free(Orphans *orphans);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Orphans, orphans_free)

/* From the loop, each time that an orphan which was in this process group has been reaped; the
 * watch may be taken away in it. */
typedef void (*OrphanReaped)(void *userdata);

/* One watch for a group. */
void orphans_watch_group(Orphans *orphans, pid_t group, OrphanReaped on_reaped, void *userdata);
void orphans_unwatch_group(Orphans *orphans, pid_t group);

/* NULL is fine. For the very end, when nothing of ours runs any more: one line tells what still
 * lives below us. Process 1 takes everything with it when it goes, so as process 1 asks them to end
 * before that, and waits for two seconds at most: the loop stands still. */
void orphans_end(Orphans *orphans);
