/* Whatever a process does reaches the manager through the observer of their common context, which
 * passes it on to the faces. The shutdown goes on from the loop, never from within a process's own
 * transition. */

#include "daemon/process/manager.h"

#include "daemon/output/main-log.h"
#include "daemon/process/job.h"
#include "daemon/process/shutdown.h"

struct Manager {
        const Config *config; /* borrowed */
        Cursors *cursors;     /* borrowed */
        ProcessContext context;
        char *bus_address;
        const ProcessObserver *observer; /* borrowed */
        void *observer_data;

        GPtrArray *groups;
        GHashTable *by_name; /* borrows from groups */

        Shutdown *shutdown; /* while everything is being stopped */
};

static void on_process_changed(Process *process, void *userdata)
{
        Manager *manager = userdata;

        if (manager->shutdown)
                shutdown_poke(manager->shutdown);
        if (manager->observer && manager->observer->changed)
                manager->observer->changed(process, manager->observer_data);
}

static void on_listener_started(Process *process, void *userdata)
{
        Manager *manager = userdata;

        if (manager->observer && manager->observer->listener_started)
                manager->observer->listener_started(process, manager->observer_data);
}

static void on_listener_ended(Process *process, pid_t pid, uint64_t generation, void *userdata)
{
        Manager *manager = userdata;

        if (manager->observer && manager->observer->listener_ended)
                manager->observer->listener_ended(process, pid, generation, manager->observer_data);
}

static const ProcessObserver process_observer = {
        .changed = on_process_changed,
        .listener_started = on_listener_started,
        .listener_ended = on_listener_ended,
};

static void free_group(gpointer group)
{
        group_free(group);
}

Manager *manager_new(const Config *config, const ManagerSetup *setup)
{
        Manager *manager = g_new0(Manager, 1);

        manager->config = config;
        manager->cursors = setup->cursors;
        manager->context = (ProcessContext){
                .event = setup->event,
                .events = setup->events,
                .supervisord = &config->supervisord,
                .server_url = setup->server_url,
                .signal_mask = setup->signal_mask,
                .descriptor_limit = setup->descriptor_limit,
                .observer = &process_observer,
                .observer_data = manager,
        };
        manager->groups = g_ptr_array_new_with_free_func(free_group);
        manager->by_name = g_hash_table_new(g_str_hash, g_str_equal);
        return manager;
}

Manager *manager_free(Manager *manager)
{
        if (!manager)
                return NULL;
        shutdown_free(manager->shutdown);
        g_hash_table_unref(manager->by_name);
        g_ptr_array_unref(manager->groups);
        g_free(manager->bus_address);
        g_free(manager);
        return NULL;
}

void manager_set_observer(Manager *manager, const ProcessObserver *observer, void *userdata)
{
        manager->observer = observer;
        manager->observer_data = userdata;
}

void manager_set_bus_address(Manager *manager, const char *address)
{
        g_free(manager->bus_address);
        manager->bus_address = g_strdup(address);
        manager->context.bus_address = manager->bus_address;
}

const Config *manager_config(const Manager *manager)
{
        return manager->config;
}

EventLog *manager_events(const Manager *manager)
{
        return manager->context.events;
}

Cursors *manager_cursors(const Manager *manager)
{
        return manager->cursors;
}

SupervisorState manager_state(const Manager *manager)
{
        return manager->context.ending ? SUPERVISOR_SHUTDOWN : SUPERVISOR_RUNNING;
}

const GPtrArray *manager_groups(const Manager *manager)
{
        return manager->groups;
}

size_t manager_process_count(const Manager *manager)
{
        size_t count = 0;

        for (guint i = 0; i < manager->groups->len; i++)
                count += group_processes(manager->groups->pdata[i])->len;
        return count;
}

Group *manager_find_group(const Manager *manager, const char *name)
{
        return g_hash_table_lookup(manager->by_name, name);
}

Process *manager_find_process(const Manager *manager, const char *group_name, const char *process)
{
        Group *group = manager_find_group(manager, group_name);

        return group ? group_find(group, process) : NULL;
}

/* A pool sees its own arrival and all that comes later, as in Supervisor. */
static void activate_group(Manager *manager, GroupConfig *config)
{
        Group *group = group_new(config, &manager->context);
        EventLog *events = manager->context.events;

        g_ptr_array_add(manager->groups, group);
        g_hash_table_insert(manager->by_name, config->name, group);
        if (config->kind == GROUP_EVENTLISTENER)
                cursors_begin(manager->cursors, config->name, event_log_next(events) - 1);
        event_log_append(events, event_new_group(EVENT_PROCESS_GROUP_ADDED, config->name));
}

void manager_activate(Manager *manager)
{
        for (guint i = 0; i < manager->config->groups->len; i++)
                activate_group(manager, manager->config->groups->pdata[i]);
        event_log_append(manager->context.events, event_new(EVENT_SUPERVISOR_STATE_CHANGE_RUNNING));
}

typedef void (*ProcessVisitor)(Process *process);

static void for_each_process(Manager *manager, ProcessVisitor visit)
{
        for (guint i = 0; i < manager->groups->len; i++) {
                const GPtrArray *processes = group_processes(manager->groups->pdata[i]);

                for (guint k = 0; k < processes->len; k++)
                        visit(processes->pdata[k]);
        }
}

static void autostart(Process *process)
{
        if (process_config(process)->autostart && process_state(process) == PROCESS_STOPPED)
                process_start(process);
}

void manager_autostart(Manager *manager)
{
        if (!manager->context.ending)
                for_each_process(manager, autostart);
}

void manager_shutdown(Manager *manager, ManagerStopped on_stopped, void *userdata)
{
        ShutdownSetup setup = {
                .event = manager->context.event,
                .groups = manager->groups,
                .events = manager->context.events,
                .cursors = manager->cursors,
                .on_stopped = on_stopped,
                .userdata = userdata,
        };

        if (manager->shutdown) {
                shutdown_hasten(manager->shutdown);
                return;
        }
        manager->context.ending = true;
        event_log_append(
                        manager->context.events, event_new(EVENT_SUPERVISOR_STATE_CHANGE_STOPPING));
        manager->shutdown = shutdown_new(&setup);
}

void manager_note_commit(Manager *manager)
{
        if (manager->shutdown)
                shutdown_poke(manager->shutdown);
}

static void on_listener_restarted(
                Process *process, const char *error, const char *message, void *userdata)
{
        if (error)
                log_warn("cannot restart the listener '%s': %s", process_config(process)->name,
                                message);
}

static void restart_leased(Process *process)
{
        if (process_is_leased(process) && process_state_is_running(process_state(process)))
                job_run(process, JOB_RESTART, true, on_listener_restarted, NULL);
}

void manager_restart_leased_listeners(Manager *manager)
{
        if (!manager->context.ending)
                for_each_process(manager, restart_leased);
}

void manager_reopen_logs(Manager *manager)
{
        for_each_process(manager, process_reopen_logs);
}
