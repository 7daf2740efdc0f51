/* Roster: the listeners of a pool that are held by their pipes, and those that are being taken
 * over.
 *
 * Follows what the daemon says about their beginning and end, and seats them in the pool. One that
 * has ended early, that is not yet RUNNING but with an event delivered, gets no more events before
 * it is RUNNING, in all its runs: by Supervisor's rules, which spare it the failed start. */
#pragma once

#include <stdint.h>

#include <glib.h>
#include <systemd/sd-event.h>

#include "bus/state.h"
#include "listener-host/call.h"
#include "listener-host/listener.h"
#include "listener-host/pool.h"

typedef struct Roster Roster;

typedef struct RosterObserver {
        ListenerObserver listener; /* of each listener */
        /* One has been taken over. */
        void (*joined)(void *userdata);
        /* One has ended, and what it had in hand was concluded. */
        void (*left)(void *userdata);
        /* A call to the daemon went wrong. */
        void (*trouble)(const char *what, const char *why, void *userdata);
} RosterObserver;

/* peer, path (of the pool's object), pool and observer are borrowed. */
Roster *roster_new(sd_event *loop, const Peer *peer, const char *path, Pool *pool,
                const RosterObserver *observer, void *userdata);
/* Lets go of the pipes; the pool must not be asked for anything afterwards. */
Roster *roster_free(Roster *roster);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Roster, roster_free)

/* The results of listeners that come from now on are lines for the relay (borrowed). */
void roster_set_relay(Roster *roster, Relay *relay);
/* By what rules the listeners are served, also those that are held. */
void roster_set_protocol(Roster *roster, PoolProtocol protocol);

void roster_started(Roster *roster, const char *process, uint64_t generation);
/* The process has entered this state. */
void roster_changed(Roster *roster, const char *process, uint64_t generation, ProcessState state);
void roster_ended(Roster *roster, const char *process, uint64_t generation);
/* listeners: all that run, AttachedListener; those of other pools are left alone. What is held
 * besides has ended unseen. */
void roster_set(Roster *roster, const GPtrArray *listeners);
/* Asks the daemon to restart a listener that is held; reason is for its log. Nothing comes of it
 * when the peer is not there. */
void roster_restart(Roster *roster, const char *process, const char *reason);
/* The peer has come or gone: what was being taken over is asked for anew. */
void roster_reset(Roster *roster);
