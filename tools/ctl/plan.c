/* A group that goes and comes in one plan (it changes its kind) has changed, for people. */

#include "tools/ctl/plan.h"

#include <string.h>

#include "bus/cleanup.h"
#include "bus/names.h"
#include "tools/ctl/failure.h"
#include "tools/ctl/results.h"

#define PLAN_ACTION  "read the configuration again"
#define APPLY_ACTION "update the configuration"

static void plan_group_free(void *pointer)
{
        PlanGroup *group = pointer;

        g_free(group->name);
        g_free(group);
}

PlanStep *plan_step_new(const char *kind, const char *group, const char *process,
                const char *reason, char **options)
{
        PlanStep *step = g_new0(PlanStep, 1);

        step->kind = g_strdup(kind);
        step->group = g_strdup(group);
        step->process = g_strdup(process);
        step->reason = g_strdup(reason);
        step->options = options ? g_strdupv(options) : g_new0(char *, 1);
        return step;
}

void plan_step_free(void *pointer)
{
        PlanStep *step = pointer;

        g_free(step->kind);
        g_free(step->group);
        g_free(step->process);
        g_free(step->reason);
        g_strfreev(step->options);
        g_free(step);
}

static bool is_of_daemon(const PlanStep *step)
{
        return strcmp(step->kind, "daemon") == 0;
}

static PlanVerdict verdict_of(const PlanStep *step)
{
        if (strcmp(step->kind, "group-removed") == 0)
                return PLAN_REMOVED;
        return strcmp(step->kind, "group-added") == 0 ? PLAN_ADDED : PLAN_CHANGED;
}

static bool stops_something(const PlanStep *step)
{
        static const char *const kinds[] = { "group-removed", "process-removed", "process-restart",
                NULL };

        return g_strv_contains(kinds, step->kind);
}

static PlanGroup *find_group(const GPtrArray *groups, const char *name)
{
        for (unsigned i = 0; i < groups->len; i++) {
                PlanGroup *group = groups->pdata[i];

                if (strcmp(group->name, name) == 0)
                        return group;
        }
        return NULL;
}

const PlanGroup *plan_find_group(const Plan *plan, const char *name)
{
        return find_group(plan->groups, name);
}

static void note_step(GPtrArray *groups, GHashTable *known, const PlanStep *step)
{
        PlanGroup *group = g_hash_table_lookup(known, step->group);

        if (!group) {
                group = g_new0(PlanGroup, 1);
                group->name = g_strdup(step->group);
                group->verdict = verdict_of(step);
                g_ptr_array_add(groups, group);
                g_hash_table_insert(known, group->name, group);
        } else if (group->verdict != verdict_of(step)) {
                group->verdict = PLAN_CHANGED;
        }
        group->stops = group->stops || stops_something(step);
}

/* Keeps the order of the steps among those of one verdict. */
static GPtrArray *sort_groups(GPtrArray *groups)
{
        GPtrArray *sorted = g_ptr_array_new_with_free_func(plan_group_free);

        for (PlanVerdict verdict = 0; verdict < _PLAN_VERDICT_MAX; verdict++)
                for (unsigned i = 0; i < groups->len; i++)
                        if (((PlanGroup *)groups->pdata[i])->verdict == verdict)
                                g_ptr_array_add(sorted, groups->pdata[i]);
        return sorted;
}

Plan *plan_new(const char *token, GPtrArray *steps)
{
        g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
        g_autoptr(GPtrArray) groups = g_ptr_array_new();
        Plan *plan = g_new0(Plan, 1);

        for (unsigned i = 0; i < steps->len; i++)
                if (!is_of_daemon(steps->pdata[i]))
                        note_step(groups, known, steps->pdata[i]);
        plan->token = g_strdup(token);
        plan->steps = steps;
        plan->groups = sort_groups(groups);
        return plan;
}

Plan *plan_free(Plan *plan)
{
        if (!plan)
                return NULL;
        g_free(plan->token);
        g_ptr_array_unref(plan->steps);
        g_ptr_array_unref(plan->groups);
        g_free(plan);
        return NULL;
}

static int read_step(sd_bus_message *m, GPtrArray *steps)
{
        g_auto(GStrv) options = NULL;
        const char *kind, *group, *process, *reason;
        int r;

        r = sd_bus_message_read(m, "ssss", &kind, &group, &process, &reason);
        if (r < 0)
                return r;
        r = sd_bus_message_read_strv(m, &options);
        if (r < 0)
                return r;
        g_ptr_array_add(steps, plan_step_new(kind, group, process, reason, options));
        return sd_bus_message_exit_container(m);
}

static int read_reply(sd_bus_message *reply, Plan **ret)
{
        g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func(plan_step_free);
        const char *token;
        int r;

        r = sd_bus_message_read(reply, "s", &token);
        if (r < 0)
                return r;
        r = sd_bus_message_enter_container(reply, 'a', "(ssssas)");
        if (r < 0)
                return r;
        while ((r = sd_bus_message_enter_container(reply, 'r', "ssssas")) > 0) {
                r = read_step(reply, steps);
                if (r < 0)
                        return r;
        }
        if (r < 0)
                return r;
        *ret = plan_new(token, g_steal_pointer(&steps));
        return 0;
}

Plan *plan_read(Client *client, GError **error)
{
        g_autoptr(sd_bus_message) call = NULL;
        g_autoptr(sd_bus_message) reply = NULL;
        Plan *plan = NULL;
        int r = client_new_call(client, BUS_INTERFACE_MANAGER, "PlanReload", &call);

        if (r >= 0) {
                if (!client_call(client, call, CLIENT_TIMEOUT, PLAN_ACTION, &reply, error))
                        return NULL;
                r = read_reply(reply, &plan);
        }
        if (r < 0)
                client_set_error(NULL, r, PLAN_ACTION, error);
        return plan;
}

static int new_apply_call(const Plan *plan, Client *client, char *const *groups, bool waits,
                sd_bus_message **ret)
{
        g_autoptr(sd_bus_message) call = NULL;
        int r = client_new_call(client, BUS_INTERFACE_MANAGER, "ApplyReload", &call);

        if (r >= 0)
                r = sd_bus_message_append(call, "s", plan->token);
        if (r >= 0)
                r = sd_bus_message_append_strv(call, (char **)groups);
        if (r >= 0)
                r = sd_bus_message_append(call, "t", waits ? UINT64_C(0) : BUS_FLAG_NO_WAIT);
        if (r >= 0)
                *ret = g_steal_pointer(&call);
        return r;
}

GPtrArray *plan_apply(
                const Plan *plan, Client *client, char *const *groups, bool waits, GError **error)
{
        g_autoptr(sd_bus_message) call = NULL;
        g_autoptr(sd_bus_message) reply = NULL;
        GPtrArray *results = NULL;
        int r = new_apply_call(plan, client, groups, waits, &call);

        if (r >= 0) {
                if (!client_call(client, call, CLIENT_NO_TIMEOUT, APPLY_ACTION, &reply, error))
                        return NULL;
                r = results_read(reply, &results);
        }
        if (r < 0)
                client_set_error(NULL, r, APPLY_ACTION, error);
        return results;
}
