/* Which groups there are is asked before, so that a wrong name is told of and the others go on, as
 * with Supervisor. A plan that is stale by the time it is to be carried out is made again: whoever
 * says update wants what is in the files now. */

#include <string.h>

#include "tools/ctl/command.h"
#include "tools/ctl/late-call.h"
#include "tools/ctl/name-pattern.h"
#include "tools/ctl/plan-failure.h"
#include "tools/ctl/plan-table.h"
#include "tools/ctl/process-list.h"
#include "tools/ctl/results.h"

#define MAX_ATTEMPTS 5

static bool has_group(const GPtrArray *list, const char *name)
{
        for (unsigned i = 0; i < list->len; i++)
                if (strcmp(((ProcessEntry *)list->pdata[i])->group, name) == 0)
                        return true;
        return false;
}

static void add_once(GPtrArray *groups, char *name)
{
        if (!g_ptr_array_find_with_equal_func(groups, name, g_str_equal, NULL))
                g_ptr_array_add(groups, name);
}

/* Of those that run and those that are planned. */
static bool add_matching(
                const Plan *plan, const GPtrArray *list, const char *pattern, GPtrArray *groups)
{
        unsigned n_before = groups->len;

        for (unsigned i = 0; i < list->len; i++) {
                ProcessEntry *entry = list->pdata[i];

                if (name_pattern_matches_word(pattern, entry->group))
                        add_once(groups, entry->group);
        }
        for (unsigned i = 0; i < plan->groups->len; i++) {
                PlanGroup *group = plan->groups->pdata[i];

                if (name_pattern_matches_word(pattern, group->name))
                        add_once(groups, group->name);
        }
        return groups->len > n_before;
}

/* Those of names that there are; NULL-terminated, borrowed from the arguments, empty for all of
 * them. Complains about the others. False when none of the names is left. */
static bool choose_groups(const Context *context, const Plan *plan, const GPtrArray *list,
                char **names, GPtrArray *groups, ExitStatus *ret_status)
{
        bool all = !names[0] || g_strv_contains((const char *const *)names, "all");

        for (; !all && *names; names++) {
                g_autofree char *text = NULL;

                if (has_group(list, *names) || plan_find_group(plan, *names)) {
                        add_once(groups, *names);
                        continue;
                }
                if (name_pattern_is(*names) && add_matching(plan, list, *names, groups))
                        continue;
                text = g_strconcat("ERROR: no such group: ", *names, NULL);
                output_failure(context->output, text);
                *ret_status = EXIT_STATUS_GENERIC;
        }
        g_ptr_array_add(groups, NULL);
        return all || groups->len > 1;
}

static void tell_line(const Context *context, const char *group, const char *what)
{
        g_autofree char *line = g_strconcat(group, ": ", what, NULL);

        output_line(context->output, line);
}

static void tell_group(const Context *context, const PlanGroup *group)
{
        static const struct {
                const char *done, *under_way;
        } words[_PLAN_VERDICT_MAX] = {
                [PLAN_REMOVED] = { "removed process group", "removing process group" },
                [PLAN_CHANGED] = { "updated process group", "updating process group" },
                [PLAN_ADDED] = { "added process group", "adding process group" },
        };
        bool is_done = !context->arguments->no_block;

        if (group->stops && is_done)
                tell_line(context, group->name, "stopped");
        tell_line(context, group->name,
                        is_done ? words[group->verdict].done : words[group->verdict].under_way);
}

static void tell_failures(const Context *context, const GPtrArray *results, ExitStatus *ret_status)
{
        for (unsigned i = 0; i < results->len; i++) {
                const Result *result = results->pdata[i];
                g_autofree char *name = process_display_name(result->group, result->process);
                g_autofree char *text = g_strconcat(name, ": ERROR (", result->message, ")", NULL);

                if (!*result->error)
                        continue;
                output_failure(context->output, text);
                *ret_status = EXIT_STATUS_GENERIC;
        }
}

static void tell(const Context *context, const Plan *plan, char *const *groups,
                const GPtrArray *results, ExitStatus *ret_status)
{
        if (context->output->json) {
                g_autofree char *json = plan_table_results_to_json(plan, groups, results);

                output_raw(context->output, json);
        }
        for (unsigned i = 0; i < plan->groups->len; i++) {
                const PlanGroup *group = plan->groups->pdata[i];

                if (!groups[0] || g_strv_contains((const char *const *)groups, group->name))
                        tell_group(context, group);
        }
        tell_failures(context, results, ret_status);
}

static void show(const Context *context, const Plan *plan, char *const *groups)
{
        if (context->arguments->json) {
                g_autofree char *json = plan_table_to_json(plan, groups);

                output_raw(context->output, json);
        } else {
                plan_table_print(context->output, plan, groups, context->arguments->verbose);
        }
}

static bool update(Context *context, char **names, ExitStatus *ret_status, GError **error)
{
        g_autoptr(Plan) plan = plan_read(context->client, error);
        g_autoptr(GPtrArray) groups = g_ptr_array_new();
        g_autoptr(GPtrArray) list = NULL;
        g_autoptr(GPtrArray) results = NULL;
        ExitStatus status = EXIT_STATUS_FINE;

        if (plan)
                list = process_list_read(context->client, error);
        if (!list)
                return false;
        if (!choose_groups(context, plan, list, names, groups, &status)) {
                if (context->output->json)
                        output_raw(context->output, "[]");
                *ret_status = status;
                return true;
        }
        if (context->arguments->dry_run)
                show(context, plan, (char *const *)groups->pdata);
        else {
                results = plan->groups->len > 0
                                          ? plan_apply(plan, context->client,
                                                            (char *const *)groups->pdata,
                                                            !context->arguments->no_block, error)
                                          : g_ptr_array_new();
                if (!results)
                        return false;
                tell(context, plan, (char *const *)groups->pdata, results, &status);
        }
        *ret_status = status;
        return true;
}

static ExitStatus run_update(Context *context, char **arguments)
{
        const Arguments *options = context->arguments;
        g_autoptr(GError) error = NULL;
        ExitStatus status;

        if (options->verbose && !options->dry_run) {
                g_set_error_literal(&error, FAILURE, FAILURE_USAGE,
                                "--verbose makes sense with update --dry-run only");
                return command_fail(error);
        }
        for (unsigned attempt = 1; !update(context, arguments, &status, &error); attempt++) {
                if (g_error_matches(error, FAILURE, FAILURE_TIMED_OUT))
                        return late_call_tell_moving(context->client, error);
                if (!g_error_matches(error, FAILURE, FAILURE_STALE) || attempt == MAX_ATTEMPTS)
                        return plan_fail(context->output, error, "ERROR: already shutting down");
                g_clear_error(&error);
        }
        return status;
}

const Command command_update = {
        .name = "update",
        .synopsis = "[all | GROUP...]",
        .summary = "Carry out what has changed in the configuration",
        .details = "    Stops what is gone, restarts the processes that need it and starts\n"
                   "    what is new; everything else goes on. Waits until that is done, but\n"
                   "    not until what was started is RUNNING. With --dry-run it only shows\n"
                   "    what would change, as reread does.",
        .max_arguments = COMMAND_ANY_NUMBER,
        .missing_status = EXIT_STATUS_GENERIC,
        .takes_verbose = true,
        .takes_dry_run = true,
        .first_argument = COMPLETES_GROUP,
        .more_arguments = COMPLETES_GROUP,
        .run = run_update,
};
