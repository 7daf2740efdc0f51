/* Context: what all processes of a daemon share. The Manager owns it; everything in it is borrowed
 * there. */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>

#include <systemd/sd-event.h>

#include "daemon/config/config.h"
#include "daemon/event/log.h"
#include "daemon/output/survivors.h"
#include "daemon/process/fcgi-sockets.h"
#include "daemon/process/leftovers.h"
#include "daemon/process/orphans.h"
#include "daemon/process/turns.h"

typedef struct Process Process;

/* Told of what happens to processes; each may be NULL. They only take note: no requests from there.
 */
typedef struct ProcessObserver {
        /* Something that people can see of it has changed. */
        void (*changed)(Process *process, void *userdata);
        /* It is FATAL, or EXITED and will not start again by itself, and nobody has stopped it. */
        void (*ended)(Process *process, void *userdata);
        /* A run of a listener has begun, and can be handed out; or has ended. */
        void (*listener_started)(Process *process, void *userdata);
        /* It enters a state; told before the event that says so. */
        void (*listener_changed)(Process *process, void *userdata);
        void (*listener_ended)(Process *process, pid_t pid, uint64_t generation, void *userdata);
} ProcessObserver;

typedef struct ProcessContext {
        sd_event *event;
        Turns *turns;
        EventLog *events;
        Orphans *orphans;
        Leftovers *leftovers;
        Outlets *outlets;
        Survivors *survivors;
        const SupervisordConfig *supervisord;
        FcgiSockets *sockets;
        const char *server_url;         /* SUPERVISOR_SERVER_URL; NULL = none */
        const char *bus_address;        /* NULL = not known */
        sigset_t signal_mask;           /* that busvisord was started with */
        uint64_t default_signals;       /* see ChildSetup */
        struct rlimit descriptor_limit; /* for children */
        bool ending;                    /* nothing is started any more */
        const ProcessObserver *observer;
        void *observer_data;
} ProcessContext;
