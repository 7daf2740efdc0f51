/* Orphans: processes that nobody waits for but process 1, which busvisord is in many a container.
 */
#pragma once

#include <glib.h>
#include <systemd/sd-event.h>

typedef struct Orphans Orphans;

/* Reaps what is none of our own children whenever something has ended. SIGCHLD must be blocked.
 * Negative errno. */
int orphans_new(sd_event *event, Orphans **ret);
Orphans *orphans_free(Orphans *orphans);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Orphans, orphans_free)
