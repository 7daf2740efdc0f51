/* Committer: reports to the daemon how far a pool is, so that delivery can go on there after a
 * crash, and how it fares.
 *
 * Reports are gathered: one is sent at the latest 50 ms after the first thing there was to report,
 * and never a second one before the first is answered. Idle, it does nothing. */
#pragma once

#include <glib.h>
#include <systemd/sd-event.h>

#include "listener-host/call.h"
#include "listener-host/queue.h"

typedef struct Committer Committer;

typedef struct CommitterSource {
        void (*collect)(QueueProgress *ret, void *userdata);
        /* The a{sv} of what else there is to tell. */
        int (*append_report)(sd_bus_message *call, void *userdata);
        /* The daemon did not take a report; what it lacks is in the next one. */
        void (*failed)(const char *why, void *userdata);
} CommitterSource;

/* peer and path (of the pool's object) are borrowed. */
Committer *committer_new(sd_event *loop, const Peer *peer, const char *path,
                const CommitterSource *source, void *userdata);
Committer *committer_free(Committer *committer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Committer, committer_free)

/* There is something to report. */
void committer_note(Committer *committer);
/* Sends what is left, at the end of the program. */
void committer_flush(Committer *committer);
/* The peer has come or gone: one that is there is told how things are. */
void committer_reset(Committer *committer);
