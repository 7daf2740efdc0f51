/* Manager: the daemon's model: all groups and their processes, from start to shutdown.
 *
 * Knows nothing of the bus. Who wants to show what happens sets an observer and reads the event
 * log. Groups and processes come and go only by the calls below, from the loop, never while
 * somebody is being told of a change. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "daemon/event/cursor.h"
#include "daemon/event/pool-store.h"
#include "daemon/process/essential.h"
#include "daemon/process/group.h"

typedef struct Manager Manager;

/* Told of what happens; each may be NULL. They only take note: no requests from there. */
typedef struct ManagerObserver {
        ProcessObserver process;
        void (*process_added)(Process *process, void *userdata);
        /* It is still there, but not for long. */
        void (*process_removed)(Process *process, void *userdata);
        void (*process_configured)(Process *process, void *userdata);
        /* The group with its processes, of which nothing more is said. */
        void (*group_added)(Group *group, void *userdata);
        void (*group_removed)(Group *group, void *userdata);
        /* Its options, or the list of its processes. */
        void (*group_configured)(Group *group, void *userdata);
        /* Listener pools have come, gone or changed; before any listener of a new one is started.
         */
        void (*pools_changed)(void *userdata);
        /* manager_state() answers something else, though no event tells of it. */
        void (*state_changed)(void *userdata);
} ManagerObserver;

typedef struct ManagerSetup {
        sd_event *event;
        EventLog *events;
        Cursors *cursors;
        PoolStore *pools;
        Orphans *orphans;
        sigset_t signal_mask;               /* for children */
        struct rlimit descriptor_limit;     /* for children */
        EssentialEnded on_essential_ended;  /* may be NULL */
        void (*on_changed)(void *userdata); /* a process has changed, come or gone; may be NULL */
        void *userdata;
} ManagerSetup;

/* config is borrowed, as is everything that setup points to. */
Manager *manager_new(const Config *config, const ManagerSetup *setup);
Manager *manager_free(Manager *manager);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Manager, manager_free)

void manager_set_observer(Manager *manager, const ManagerObserver *observer, void *userdata);
/* For the environment of children that start from now on; copied. url: SUPERVISOR_SERVER_URL, NULL
 * = none. */
void manager_set_bus_address(Manager *manager, const char *address);
void manager_set_server_url(Manager *manager, const char *url);
/* NULL = none. Borrowed. */
const char *manager_server_url(const Manager *manager);

const Config *manager_config(const Manager *manager);
EventLog *manager_events(const Manager *manager);
Cursors *manager_cursors(const Manager *manager);
SupervisorState manager_state(const Manager *manager);
/* Of Group, in start order: by (priority, name). Borrowed. */
const GPtrArray *manager_groups(const Manager *manager);
size_t manager_process_count(const Manager *manager);
/* NULL when there is none. */
Group *manager_find_group(const Manager *manager, const char *name);
Process *manager_find_process(const Manager *manager, const char *group, const char *process);

/* Makes the groups, with their events, and says that the daemon is RUNNING. At the beginning, and
 * after manager_remove_all() at a restart. */
void manager_activate(Manager *manager);
void manager_autostart(Manager *manager);
void manager_autostart_group(Manager *manager, Group *group);

/* Changes what there is; configurations are borrowed. Groups that go and processes that go are
 * forgotten as they are: stop them before. A group that comes and a group that goes is an event. */
Group *manager_add_group(Manager *manager, const GroupConfig *config);
void manager_remove_group(Manager *manager, Group *group);
Process *manager_add_process(Manager *manager, Group *group, const ProcessConfig *config);
void manager_remove_process(Manager *manager, Process *process);
/* See process_set_config() and group_set_config(). */
void manager_configure_process(Manager *manager, Process *process, const ProcessConfig *config);
void manager_configure_group(Manager *manager, Group *group, const GroupConfig *config);
/* To be called when all of the above is done: puts the groups in order. pools: a pool was
 * concerned. */
void manager_settle(Manager *manager, bool pools);

/* Begins to stop everything; on_stopped is called from the loop when nothing runs any more. A
 * second call hastens what is being stopped. */
typedef void (*ManagerStopped)(void *userdata);
void manager_shutdown(Manager *manager, ManagerStopped on_stopped, void *userdata);

/* The same, but to go on with the groups of the configuration as it is then: on_stopped calls
 * manager_remove_all() and manager_activate(). Does nothing while everything is being stopped
 * anyway. manager_shutdown() makes it a shutdown. */
void manager_restart(Manager *manager, ManagerStopped on_stopped, void *userdata);
/* All groups go and are forgotten. */
void manager_remove_all(Manager *manager);

/* A listener-host has committed how far a pool has come. */
void manager_note_commit(Manager *manager);
/* A listener that runs is of no use as it is: it begins anew, which counts as no failure. */
void manager_restart_listener(Process *listener);
/* A listener-host that held listeners is gone, and nobody knows what they were in the middle of:
 * they begin anew. */
void manager_restart_leased_listeners(Manager *manager);
void manager_reopen_logs(Manager *manager);
