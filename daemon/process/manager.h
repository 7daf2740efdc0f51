/* Manager: the daemon's model: all groups and their processes, from start to shutdown.
 *
 * Knows nothing of the bus. Who wants to show what happens sets an observer and reads the event
 * log. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "daemon/event/cursor.h"
#include "daemon/process/group.h"

typedef struct Manager Manager;

typedef struct ManagerSetup {
        sd_event *event;
        EventLog *events;
        Cursors *cursors;
        sigset_t signal_mask;           /* for children */
        struct rlimit descriptor_limit; /* for children */
        const char *server_url;         /* NULL = none */
} ManagerSetup;

/* config is borrowed, as is everything that setup points to. */
Manager *manager_new(const Config *config, const ManagerSetup *setup);
Manager *manager_free(Manager *manager);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Manager, manager_free)

void manager_set_observer(Manager *manager, const ProcessObserver *observer, void *userdata);
/* For the environment of children that start from now on; copied. */
void manager_set_bus_address(Manager *manager, const char *address);

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

/* Makes the groups, with their events, and says that the daemon is RUNNING. */
void manager_activate(Manager *manager);
void manager_autostart(Manager *manager);

/* Begins to stop everything; on_stopped is called from the loop when nothing runs any more. A
 * second call hastens what is being stopped. */
typedef void (*ManagerStopped)(void *userdata);
void manager_shutdown(Manager *manager, ManagerStopped on_stopped, void *userdata);

/* A listener-host has committed how far a pool has come. */
void manager_note_commit(Manager *manager);
/* A listener-host that held listeners is gone, and nobody knows what they were in the middle of:
 * they begin anew. */
void manager_restart_leased_listeners(Manager *manager);
void manager_reopen_logs(Manager *manager);
