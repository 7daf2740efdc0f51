/* Whatever a process does reaches the manager through the observer of their common context, which
 * passes it on to the faces. The shutdown goes on from the loop, never from within a process's own
 * transition. */

#include "daemon/process/manager.h"

#include "daemon/output/main-log.h"
#include "daemon/process/child-setup.h"
#include "daemon/process/job.h"
#include "daemon/process/shutdown.h"

struct Manager {
        const Config *config; /* borrowed */
        Cursors *cursors;     /* borrowed */
        PoolStore *pools;     /* borrowed */
        ProcessContext context;
        char *bus_address, *server_url;
        void (*on_changed)(void *userdata);
        void *userdata;
        const ManagerObserver *observer; /* borrowed; may be NULL */
        void *observer_data;

        GPtrArray *groups;
        GHashTable *by_name; /* char * (its own) to Group *, borrowed from groups */

        Essential *essential;
        Shutdown *shutdown; /* while everything is being stopped */
        bool restarting;    /* and will be started again */
        ManagerStopped on_stopped;
        void *stopped_data;
};

/* Calls one of the observer's functions, where there is one. */
#define TELL(manager, what, ...)                                                                   \
        do {                                                                                       \
                if ((manager)->observer && (manager)->observer->what)                              \
                        (manager)->observer->what(__VA_ARGS__);                                    \
        } while (0)

static void tell_of_change(Manager *manager)
{
        fcgi_sockets_poke(manager->context.sockets);
        if (manager->on_changed)
                manager->on_changed(manager->userdata);
}

static void on_process_changed(Process *process, void *userdata)
{
        Manager *manager = userdata;

        if (manager->shutdown)
                shutdown_poke(manager->shutdown);
        tell_of_change(manager);
        TELL(manager, process.changed, process, manager->observer_data);
}

static void on_process_ended(Process *process, void *userdata)
{
        Manager *manager = userdata;

        essential_note_end(manager->essential, process);
        TELL(manager, process.ended, process, manager->observer_data);
}

static void on_listener_started(Process *process, void *userdata)
{
        Manager *manager = userdata;

        TELL(manager, process.listener_started, process, manager->observer_data);
}

static void on_listener_changed(Process *process, void *userdata)
{
        Manager *manager = userdata;

        TELL(manager, process.listener_changed, process, manager->observer_data);
}

static void on_listener_ended(Process *process, pid_t pid, uint64_t generation, void *userdata)
{
        Manager *manager = userdata;

        TELL(manager, process.listener_ended, process, pid, generation, manager->observer_data);
}

static const ProcessObserver process_observer = {
        .changed = on_process_changed,
        .ended = on_process_ended,
        .listener_started = on_listener_started,
        .listener_changed = on_listener_changed,
        .listener_ended = on_listener_ended,
};

static void free_group(gpointer group)
{
        group_free(group);
}

Manager *manager_new(const Config *config, const ManagerSetup *setup)
{
        Manager *manager = g_new0(Manager, 1);
        Turns *turns = turns_new(setup->event);

        manager->config = config;
        manager->cursors = setup->cursors;
        manager->pools = setup->pools;
        manager->context = (ProcessContext){
                .event = setup->event,
                .events = setup->events,
                .orphans = setup->orphans,
                .turns = turns,
                .leftovers = leftovers_new(turns),
                .outlets = outlets_new(setup->event, &outlet_paths_usual),
                .survivors = survivors_new(),
                .supervisord = &config->supervisord,
                .signal_mask = setup->signal_mask,
                .default_signals = child_setup_find_default_signals(),
                .descriptor_limit = setup->descriptor_limit,
                .observer = &process_observer,
                .observer_data = manager,
        };
        manager->groups = g_ptr_array_new_with_free_func(free_group);
        manager->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        manager->context.sockets = fcgi_sockets_new(setup->event, manager->groups);
        manager->on_changed = setup->on_changed;
        manager->userdata = setup->userdata;
        manager->essential =
                        essential_new(setup->event, setup->on_essential_ended, setup->userdata);
        return manager;
}

Manager *manager_free(Manager *manager)
{
        if (!manager)
                return NULL;
        shutdown_free(manager->shutdown);
        essential_free(manager->essential);
        fcgi_sockets_free(manager->context.sockets);
        g_hash_table_unref(manager->by_name);
        g_ptr_array_unref(manager->groups);
        leftovers_free(manager->context.leftovers);
        turns_free(manager->context.turns);
        survivors_free(manager->context.survivors);
        outlets_free(manager->context.outlets);
        g_free(manager->bus_address);
        g_free(manager->server_url);
        g_free(manager);
        return NULL;
}

void manager_set_observer(Manager *manager, const ManagerObserver *observer, void *userdata)
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

void manager_set_server_url(Manager *manager, const char *url)
{
        g_free(manager->server_url);
        manager->server_url = g_strdup(url);
        manager->context.server_url = manager->server_url;
}

const char *manager_server_url(const Manager *manager)
{
        return manager->server_url;
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
        if (!manager->context.ending)
                return SUPERVISOR_RUNNING;
        return manager->restarting ? SUPERVISOR_RESTARTING : SUPERVISOR_SHUTDOWN;
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

/* So that it shows at the start, and not only with the first process, that a socket cannot be had.
 */
static void try_sockets(Manager *manager, const GroupConfig *config)
{
        for (guint i = 0; i < config->sockets->len; i++) {
                g_autoptr(GError) error = NULL;
                int fd;

                if (!fcgi_sockets_open(manager->context.sockets, config->sockets->pdata[i], &fd,
                                    &error))
                        log_error("%s", error->message);
        }
}

/* A pool sees its own arrival and all that comes later, as in Supervisor. */
Group *manager_add_group(Manager *manager, const GroupConfig *config)
{
        Group *group = group_new(config, &manager->context);
        EventLog *events = manager->context.events;

        try_sockets(manager, config);
        g_ptr_array_add(manager->groups, group);
        g_hash_table_insert(manager->by_name, g_strdup(config->name), group);
        if (config->kind == GROUP_EVENTLISTENER)
                pool_store_begin(manager->pools, config);
        TELL(manager, group_added, group, manager->observer_data);
        event_log_append(events, event_new_group(EVENT_PROCESS_GROUP_ADDED, config->name));
        return group;
}

/* A pool does not see its own end. */
void manager_remove_group(Manager *manager, Group *group)
{
        Event *event = event_new_group(EVENT_PROCESS_GROUP_REMOVED, group_config(group)->name);

        TELL(manager, group_removed, group, manager->observer_data);
        if (group_config(group)->kind == GROUP_EVENTLISTENER)
                pool_store_end(manager->pools, event->group);
        g_hash_table_remove(manager->by_name, event->group);
        g_ptr_array_remove(manager->groups, group);
        tell_of_change(manager);
        event_log_append(manager->context.events, event);
}

Process *manager_add_process(Manager *manager, Group *group, const ProcessConfig *config)
{
        Process *process = group_add(group, config);

        TELL(manager, process_added, process, manager->observer_data);
        return process;
}

void manager_remove_process(Manager *manager, Process *process)
{
        Group *group = manager_find_group(manager, process_config(process)->group);

        TELL(manager, process_removed, process, manager->observer_data);
        group_remove(group, process);
        tell_of_change(manager);
}

void manager_configure_process(Manager *manager, Process *process, const ProcessConfig *config)
{
        process_set_config(process, config);
        TELL(manager, process_configured, process, manager->observer_data);
}

void manager_configure_group(Manager *manager, Group *group, const GroupConfig *config)
{
        group_set_config(group, config);
        TELL(manager, group_configured, group, manager->observer_data);
}

static int compare_groups(gconstpointer a, gconstpointer b)
{
        return group_config_compare(
                        group_config(*(Group *const *)a), group_config(*(Group *const *)b));
}

void manager_settle(Manager *manager, bool pools)
{
        g_ptr_array_sort(manager->groups, compare_groups);
        if (pools)
                TELL(manager, pools_changed, manager->observer_data);
}

void manager_activate(Manager *manager)
{
        manager->shutdown = shutdown_free(manager->shutdown);
        manager->context.ending = manager->restarting = false;
        for (guint i = 0; i < manager->config->groups->len; i++)
                (void)manager_add_group(manager, manager->config->groups->pdata[i]);
        fcgi_sockets_hold(manager->context.sockets, false);
        manager_settle(manager, true);
        event_log_append(manager->context.events, event_new(EVENT_SUPERVISOR_STATE_CHANGE_RUNNING));
}

void manager_remove_all(Manager *manager)
{
        while (manager->groups->len > 0)
                manager_remove_group(manager, manager->groups->pdata[manager->groups->len - 1]);
}

typedef void (*ProcessVisitor)(Process *process);

static void for_each_of_group(const Group *group, ProcessVisitor visit)
{
        const GPtrArray *processes = group_processes(group);

        for (guint i = 0; i < processes->len; i++)
                visit(processes->pdata[i]);
}

static void for_each_process(Manager *manager, ProcessVisitor visit)
{
        for (guint i = 0; i < manager->groups->len; i++)
                for_each_of_group(manager->groups->pdata[i], visit);
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

void manager_autostart_group(Manager *manager, Group *group)
{
        if (!manager->context.ending)
                for_each_of_group(group, autostart);
}

static void on_all_stopped(void *userdata)
{
        Manager *manager = userdata;

        manager->on_stopped(manager->stopped_data);
}

static void stop_all(Manager *manager)
{
        ShutdownSetup setup = {
                .event = manager->context.event,
                .groups = manager->groups,
                .events = manager->context.events,
                .cursors = manager->cursors,
                .on_stopped = on_all_stopped,
                .userdata = manager,
        };

        manager->context.ending = true;
        event_log_append(
                        manager->context.events, event_new(EVENT_SUPERVISOR_STATE_CHANGE_STOPPING));
        manager->shutdown = shutdown_new(&setup);
}

static void call_when_stopped(Manager *manager, ManagerStopped on_stopped, void *userdata)
{
        manager->on_stopped = on_stopped;
        manager->stopped_data = userdata;
}

void manager_shutdown(Manager *manager, ManagerStopped on_stopped, void *userdata)
{
        bool was_restarting = manager->restarting;

        call_when_stopped(manager, on_stopped, userdata);
        manager->restarting = false;
        fcgi_sockets_hold(manager->context.sockets, false);
        if (!manager->shutdown)
                stop_all(manager);
        else if (was_restarting)
                TELL(manager, state_changed, manager->observer_data);
        else
                shutdown_hasten(manager->shutdown);
}

void manager_restart(Manager *manager, ManagerStopped on_stopped, void *userdata)
{
        if (manager->shutdown)
                return;
        call_when_stopped(manager, on_stopped, userdata);
        manager->restarting = true;
        fcgi_sockets_hold(manager->context.sockets, true);
        stop_all(manager);
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

void manager_restart_listener(Process *listener)
{
        job_run(listener, JOB_RESTART, true, NULL, on_listener_restarted, NULL);
}

static void restart_leased(Process *process)
{
        if (process_is_leased(process) && process_state_is_running(process_state(process)))
                manager_restart_listener(process);
}

void manager_restart_leased_listeners(Manager *manager)
{
        if (!manager->context.ending)
                for_each_process(manager, restart_leased);
}

void manager_reopen_logs(Manager *manager)
{
        outlets_reopen(manager->context.outlets);
}
