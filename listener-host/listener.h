/* Listener: one run of a listener process, held by the ends of its pipes: events go to its stdin,
 * what it says comes from its stdout and is copied into its log.
 *
 * It has at most one event in hand. SIGPIPE must be ignored. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <systemd/sd-event.h>

#include "listener-host/machine.h"
#include "listener-host/pool.h"
#include "listener-host/relay.h"

typedef struct Listener Listener;

/* All are called from the loop, and from listener_ended(), and must not free the listener. */
typedef struct ListenerObserver {
        /* It can be given an event now. */
        void (*ready)(Listener *listener, void *userdata);
        /* It is through with the event in hand; reason (for people) says why it refused. */
        void (*concluded)(Listener *listener, PoolOutcome outcome, const char *reason,
                        void *userdata);
        /* Its state is another one. */
        void (*changed)(Listener *listener, void *userdata);
        /* It said what no listener should say. */
        void (*violated)(Listener *listener, void *userdata);
} ListenerObserver;

typedef struct ListenerPipes {
        int to_stdin;
        int from_stdout;
        int log; /* takes what it can at once, and never blocks */
} ListenerPipes;

/* Takes the descriptors, in any case. name: the process, as log lines show it. */
int listener_new(sd_event *loop, const char *name, uint64_t generation, const ListenerPipes *pipes,
                const ListenerObserver *observer, void *userdata, Listener **ret);
Listener *listener_free(Listener *listener);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Listener, listener_free)

/* Its results are lines for the relay (borrowed), and not OK or something else. */
void listener_set_relay(Listener *listener, Relay *relay);
/* At first it is the tolerant one. */
void listener_set_protocol(Listener *listener, PoolProtocol protocol);
/* It is not ready before it is RUNNING. By the strict protocol it never is. */
void listener_await_running(Listener *listener);
/* Of its process. One that is being stopped is not ready any more. */
void listener_note_running(Listener *listener);
void listener_note_stopping(Listener *listener);

const char *listener_name(const Listener *listener);
uint64_t listener_generation(const Listener *listener);
ListenerState listener_state(const Listener *listener);
bool listener_is_ready(const Listener *listener);
/* It was given an event, and ended by itself before it was RUNNING. */
bool listener_ended_early(const Listener *listener);

/* Header and payload of one event, in one write as far as the pipe takes it. The listener must be
 * ready. -EPIPE and other errors of write(2): it has got nothing and will not be ready again. */
int listener_give(Listener *listener, const char *message, size_t size);

/* The process has ended: what it said last still counts, an event in hand is concluded. */
void listener_ended(Listener *listener);
