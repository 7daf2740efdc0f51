/* Goes on from a defer source that every change of a concerned process sets off, so that nothing is
 * taken away from under somebody who is just being told of it. In each phase all that belongs to it
 * is looked at again: whoever starts meanwhile what is to end has it stopped once more. */

#include "daemon/process/update.h"

#include "bus/error.h"
#include "daemon/output/main-log.h"

/* A process that has to end before something can be done with it. */
typedef struct Concern {
        Process *process;            /* borrowed; NULL once that has been done */
        UpdateStep *restart;         /* borrowed; NULL = it leaves */
        const ProcessConfig *config; /* that it is restarted with; borrowed */
        bool ran;
} Concern;

struct Update {
        UpdateSetup setup;
        GPtrArray *steps;   /* of UpdateStep */
        GPtrArray *retired; /* of GroupConfig: replaced, but processes may still borrow from them */
        GPtrArray *leaving, *restarting; /* of Concern */
        GHashTable *restarts;            /* Process to Concern, both borrowed */
        GPtrArray *to_start;             /* of Process, borrowed */
        GPtrArray *watched;              /* likewise */
        size_t phase;
        sd_event_source *advance;
};

static void on_change(Process *process, bool gone, void *userdata)
{
        Update *update = userdata;

        if (gone)
                g_ptr_array_remove_fast(update->watched, process);
        sd_event_source_set_enabled(update->advance, SD_EVENT_ONESHOT);
}

static void watch(Update *update, Process *process)
{
        g_ptr_array_add(update->watched, process);
        process_watch(process, on_change, update);
}

static void unwatch_all(Update *update)
{
        for (guint i = 0; i < update->watched->len; i++)
                process_unwatch(update->watched->pdata[i], on_change, update);
        g_ptr_array_set_size(update->watched, 0);
}

/* What is concerned. */

static Concern *add_concern(Update *update, GPtrArray *concerns, Process *process)
{
        Concern *concern = g_new0(Concern, 1);

        concern->process = process;
        g_ptr_array_add(concerns, concern);
        watch(update, process);
        return concern;
}

static Process *find_process(const Update *update, const Change *change)
{
        return manager_find_process(update->setup.manager, change->group, change->process);
}

static void collect_group(Update *update, const Group *group)
{
        const GPtrArray *processes = group_processes(group);

        for (guint i = 0; i < processes->len; i++)
                (void)add_concern(update, update->leaving, processes->pdata[i]);
}

static void collect_restart(Update *update, Process *process, UpdateStep *step)
{
        Concern *concern = add_concern(update, update->restarting, process);

        concern->restart = step;
        g_hash_table_insert(update->restarts, process, concern);
}

static void collect(Update *update)
{
        for (guint i = 0; i < update->steps->len; i++) {
                UpdateStep *step = update->steps->pdata[i];
                const Change *change = step->change;

                if (change->kind == CHANGE_GROUP_REMOVED)
                        collect_group(update,
                                        manager_find_group(update->setup.manager, change->group));
                else if (change->kind == CHANGE_PROCESS_REMOVED)
                        (void)add_concern(update, update->leaving, find_process(update, change));
                else if (change->kind == CHANGE_PROCESS_RESTART)
                        collect_restart(update, find_process(update, change), step);
        }
}

/* Does nothing run of it? Stops it otherwise. A process in UNKNOWN cannot be waited for. */
static bool is_at_rest(Concern *concern)
{
        Process *process = concern->process;

        if (process_state_is_running(process_state(process)) || process_restart_is_due(process)) {
                concern->ran = true;
                process_stop(process);
        }
        return process_state_is_stopped(process_state(process));
}

typedef void (*GroupVisitor)(Update *update, Group *group);

/* First: what goes. */

static bool stop_leaving(Update *update)
{
        bool all = true;

        for (guint i = 0; i < update->leaving->len; i++)
                all = is_at_rest(update->leaving->pdata[i]) && all;
        return all;
}

/* Once for each group that has a change of such a kind; those of a group stand together. */
static void for_each_group(
                Update *update, bool (*is_such)(const Change *change), GroupVisitor visit)
{
        const char *last = NULL;

        for (guint i = 0; i < update->steps->len; i++) {
                const Change *change = ((UpdateStep *)update->steps->pdata[i])->change;

                if (!is_such(change) || g_strcmp0(change->group, last) == 0)
                        continue;
                last = change->group;
                visit(update, manager_find_group(update->setup.manager, last));
        }
}

static void announce(Update *update, Group *group)
{
        manager_configure_group(update->setup.manager, group, group_config(group));
}

static bool is_process_removed(const Change *change)
{
        return change->kind == CHANGE_PROCESS_REMOVED;
}

/* True when it was a pool. */
static bool remove_group(Update *update, const Change *change)
{
        Group *group = manager_find_group(update->setup.manager, change->group);
        bool is_pool = group_config(group)->kind == GROUP_EVENTLISTENER;

        manager_remove_group(update->setup.manager, group);
        g_ptr_array_add(update->retired, config_take_group(update->setup.running, change->group));
        return is_pool;
}

static void warn_of_survivors(const Update *update)
{
        for (guint i = 0; i < update->leaving->len; i++) {
                const Process *process = ((Concern *)update->leaving->pdata[i])->process;

                if (process_pid(process) > 0)
                        log_warn("'%s' (%ld) cannot be stopped, and is left to itself",
                                        process_config(process)->name, (long)process_pid(process));
        }
}

static bool take_leave(Update *update)
{
        bool pools = false;

        warn_of_survivors(update);
        for (guint i = 0; i < update->steps->len; i++) {
                const Change *change = ((UpdateStep *)update->steps->pdata[i])->change;

                if (change->kind == CHANGE_PROCESS_REMOVED)
                        manager_remove_process(update->setup.manager, find_process(update, change));
                else if (change->kind == CHANGE_GROUP_REMOVED)
                        pools = remove_group(update, change) || pools;
        }
        g_ptr_array_set_size(update->leaving, 0);
        for_each_group(update, is_process_removed, announce);
        manager_settle(update->setup.manager, pools);
        return true;
}

/* Then: what changes. */

/* Processes that have to end before get theirs later. */
static void hand_out_configs(Update *update, Group *group, const GroupConfig *config)
{
        for (guint i = 0; i < config->processes->len; i++) {
                const ProcessConfig *member = config->processes->pdata[i];
                Process *process = group_find(group, member->name);
                Concern *concern = process ? g_hash_table_lookup(update->restarts, process) : NULL;

                if (concern)
                        concern->config = member;
                else if (process)
                        process_set_config(process, member);
        }
        group_set_config(group, config);
}

static void replace_config(Update *update, Group *group)
{
        const char *name = group_config(group)->name;
        GroupConfig *old = config_take_group(update->setup.running, name);
        GroupConfig *fresh = config_take_group(update->setup.fresh, name);

        g_ptr_array_add(update->retired, old);
        config_put_group(update->setup.running, fresh);
        hand_out_configs(update, group, fresh);
}

static bool has_option(const Change *change, const char *name)
{
        return g_strv_contains((const char *const *)change->options, name);
}

static void change_process(Update *update, const Change *change)
{
        Process *process = find_process(update, change);

        manager_configure_process(update->setup.manager, process, process_config(process));
        if (has_option(change, "autostart") && process_config(process)->autostart &&
                        process_state_is_stopped(process_state(process)))
                g_ptr_array_add(update->to_start, process);
}

static bool is_about_old_group(const Change *change)
{
        switch (change->kind) {
        case CHANGE_PROCESS_REMOVED:
        case CHANGE_PROCESS_RESTART:
        case CHANGE_PROCESS_LIVE:
        case CHANGE_GROUP_LIVE:
        case CHANGE_POOL_LIVE:
        case CHANGE_PROCESS_ADDED:
                return true;
        case CHANGE_GROUP_REMOVED:
        case CHANGE_GROUP_ADDED:
        case CHANGE_DAEMON:
        case _CHANGE_KIND_MAX:
                break;
        }
        return false;
}

/* The priority of a process is its place in the list of its group. */
static bool shows_in_group(const Change *change)
{
        return change->kind == CHANGE_GROUP_LIVE || change->kind == CHANGE_POOL_LIVE ||
               has_option(change, "priority");
}

static bool make_changes(Update *update)
{
        bool pools = false;

        for_each_group(update, is_about_old_group, replace_config);
        for (guint i = 0; i < update->steps->len; i++) {
                const Change *change = ((UpdateStep *)update->steps->pdata[i])->change;

                if (change->kind == CHANGE_PROCESS_LIVE)
                        change_process(update, change);
                pools = pools || change->kind == CHANGE_POOL_LIVE;
        }
        for_each_group(update, shows_in_group, announce);
        manager_settle(update->setup.manager, pools);
        return true;
}

static bool start_waiting(Update *update)
{
        for (guint i = 0; i < update->to_start->len; i++)
                process_start(update->to_start->pdata[i]);
        g_ptr_array_set_size(update->to_start, 0);
        return true;
}

static void start_again(Update *update, Concern *concern)
{
        Process *process = concern->process;

        manager_configure_process(update->setup.manager, process, concern->config);
        if (process_state(process) == PROCESS_UNKNOWN) {
                concern->restart->error = BUS_ERROR_FAILED;
                concern->restart->message = "is in an unknown process state";
        } else if (concern->ran || process_config(process)->autostart)
                process_start(process);
}

static bool restart(Update *update)
{
        bool all = true;

        for (guint i = 0; i < update->restarting->len; i++) {
                Concern *concern = update->restarting->pdata[i];

                if (!concern->process)
                        continue;
                if (!is_at_rest(concern)) {
                        all = false;
                        continue;
                }
                start_again(update, concern);
                concern->process = NULL;
        }
        return all;
}

/* At last: what is new. */

static void plan_start(Update *update, Process *process)
{
        if (process_config(process)->autostart)
                g_ptr_array_add(update->to_start, process);
}

static bool is_process_added(const Change *change)
{
        return change->kind == CHANGE_PROCESS_ADDED;
}

static void complete_group(Update *update, Group *group)
{
        const GroupConfig *config = group_config(group);

        for (guint i = 0; i < config->processes->len; i++) {
                const ProcessConfig *member = config->processes->pdata[i];

                if (!group_find(group, member->name))
                        plan_start(update,
                                        manager_add_process(update->setup.manager, group, member));
        }
        announce(update, group);
}

/* True when it is a pool. */
static bool add_group(Update *update, const Change *change)
{
        GroupConfig *config = config_take_group(update->setup.fresh, change->group);
        const GPtrArray *processes;

        config_put_group(update->setup.running, config);
        processes = group_processes(manager_add_group(update->setup.manager, config));
        for (guint i = 0; i < processes->len; i++)
                plan_start(update, processes->pdata[i]);
        return config->kind == GROUP_EVENTLISTENER;
}

static bool welcome(Update *update)
{
        bool pools = false;

        for (guint i = 0; i < update->steps->len; i++) {
                const Change *change = ((UpdateStep *)update->steps->pdata[i])->change;

                if (change->kind == CHANGE_GROUP_ADDED)
                        pools = add_group(update, change) || pools;
        }
        for_each_group(update, is_process_added, complete_group);
        manager_settle(update->setup.manager, pools);
        return true;
}

/* Each is repeated until it says that it is through. */
static bool (*const phases[])(Update *) = {
        stop_leaving,
        take_leave,
        make_changes,
        start_waiting,
        restart,
        welcome,
        start_waiting,
};

static int on_advance(sd_event_source *source, void *userdata)
{
        Update *update = userdata;
        bool complete = false;

        if (manager_state(update->setup.manager) == SUPERVISOR_RUNNING) {
                while (update->phase < G_N_ELEMENTS(phases) && phases[update->phase](update))
                        update->phase++;
                complete = update->phase == G_N_ELEMENTS(phases);
                if (!complete)
                        return 0;
        }
        unwatch_all(update);
        update->setup.on_done(complete, update->setup.userdata);
        return 0;
}

static void free_group_config(gpointer config)
{
        group_config_free(config);
}

Update *update_new(const UpdateSetup *setup)
{
        Update *update = g_new0(Update, 1);
        int r;

        update->setup = *setup;
        update->steps = g_ptr_array_new_with_free_func(g_free);
        update->retired = g_ptr_array_new_with_free_func(free_group_config);
        update->leaving = g_ptr_array_new_with_free_func(g_free);
        update->restarting = g_ptr_array_new_with_free_func(g_free);
        update->restarts = g_hash_table_new(NULL, NULL);
        update->to_start = g_ptr_array_new();
        update->watched = g_ptr_array_new();
        for (guint i = 0; i < setup->changes->len; i++) {
                UpdateStep *step = g_new0(UpdateStep, 1);

                step->change = setup->changes->pdata[i];
                g_ptr_array_add(update->steps, step);
        }
        r = sd_event_add_defer(setup->event, &update->advance, on_advance, update);
        g_assert(r >= 0);
        collect(update);
        return update;
}

Update *update_free(Update *update)
{
        if (!update)
                return NULL;
        unwatch_all(update);
        sd_event_source_disable_unref(update->advance);
        g_ptr_array_unref(update->steps);
        g_ptr_array_unref(update->leaving);
        g_ptr_array_unref(update->restarting);
        g_hash_table_unref(update->restarts);
        g_ptr_array_unref(update->to_start);
        g_ptr_array_unref(update->watched);
        g_ptr_array_unref(update->setup.changes);
        g_ptr_array_unref(update->retired);
        config_free(update->setup.fresh);
        g_free(update);
        return NULL;
}

const GPtrArray *update_steps(const Update *update)
{
        return update->steps;
}
