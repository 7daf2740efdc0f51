/* Whatever a process does reaches the manager through the observer of their common context, which
 * passes it on to the faces. The shutdown goes on from the loop, never from within a process's own
 * transition. */

#include "daemon/process/manager.h"

#include "daemon/output/main-log.h"
#include "daemon/process/job.h"
#include "daemon/process/stop-order.h"

#define WAITING_REPORT_USEC (3 * UINT64_C(1000000))

struct Manager {
        const Config *config; /* borrowed */
        Cursors *cursors;     /* borrowed */
        ProcessContext context;
        char *bus_address;
        const ProcessObserver *observer; /* borrowed */
        void *observer_data;

        GPtrArray *groups;
        GHashTable *by_name; /* borrows from groups */

        StopOrder *stop_order; /* while everything is being stopped */
        sd_event_source *advance, *waiting_report;
        ManagerStopped on_stopped;
        void *on_stopped_data;
};

static void on_process_changed(Process *process, void *userdata)
{
        Manager *manager = userdata;

        if (manager->advance)
                sd_event_source_set_enabled(manager->advance, SD_EVENT_ONESHOT);
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
        sd_event_source_disable_unref(manager->advance);
        sd_event_source_disable_unref(manager->waiting_report);
        stop_order_free(manager->stop_order);
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

static int on_advance(sd_event_source *source, void *userdata)
{
        Manager *manager = userdata;

        if (!stop_order_advance(manager->stop_order))
                return 0;
        manager->advance = sd_event_source_disable_unref(manager->advance);
        manager->waiting_report = sd_event_source_disable_unref(manager->waiting_report);
        manager->on_stopped(manager->on_stopped_data);
        return 0;
}

static int on_waiting_report(sd_event_source *source, uint64_t usec, void *userdata)
{
        Manager *manager = userdata;
        g_autoptr(GString) names = g_string_new(NULL);
        int r;

        for (guint i = 0; i < manager->groups->len; i++) {
                const GPtrArray *processes = group_processes(manager->groups->pdata[i]);

                for (guint k = 0; k < processes->len; k++)
                        if (!process_state_is_stopped(process_state(processes->pdata[k])))
                                g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "",
                                                process_config(processes->pdata[k])->name);
        }
        if (names->len > 0)
                log_info("waiting for %s to die", names->str);
        r = sd_event_source_set_time_relative(source, WAITING_REPORT_USEC);
        return r < 0 ? r : sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

void manager_shutdown(Manager *manager, ManagerStopped on_stopped, void *userdata)
{
        int r;

        if (manager->context.ending) {
                if (manager->stop_order)
                        stop_order_hasten(manager->stop_order);
                return;
        }
        manager->context.ending = true;
        manager->on_stopped = on_stopped;
        manager->on_stopped_data = userdata;
        event_log_append(
                        manager->context.events, event_new(EVENT_SUPERVISOR_STATE_CHANGE_STOPPING));
        manager->stop_order = stop_order_new(manager->groups);
        r = sd_event_add_defer(manager->context.event, &manager->advance, on_advance, manager);
        g_assert(r >= 0);
        r = sd_event_add_time_relative(manager->context.event, &manager->waiting_report,
                        CLOCK_MONOTONIC, 0, 0, on_waiting_report, manager);
        g_assert(r >= 0);
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
