/* Without --verbose not a byte more than Supervisor prints, as scripts go by these lines. */

#include "tools/ctl/plan-table.h"

#include <string.h>

#include <json-c/json.h>

#include "tools/ctl/json-text.h"
#include "tools/ctl/process-list.h"
#include "tools/ctl/results.h"

static bool is_meant(const char *group, char *const *groups)
{
        return !groups[0] || g_strv_contains((const char *const *)groups, group);
}

static int compare_names(const void *a, const void *b)
{
        const PlanGroup *x = *(PlanGroup *const *)a, *y = *(PlanGroup *const *)b;

        return strcmp(x->name, y->name);
}

/* indentation: in front of the line. */
static void print_step(const Output *output, const PlanStep *step, const char *indentation)
{
        g_autofree char *name = *step->process ? process_display_name(step->group, step->process)
                                               : g_strdup(step->group);
        g_autofree char *line = g_strconcat(indentation, name, " ", step->reason, NULL);

        output_line(output, line);
}

static void print_group(
                const Output *output, const Plan *plan, const PlanGroup *group, bool verbose)
{
        static const struct {
                const char *text;
                Color color;
        } verdicts[_PLAN_VERDICT_MAX] = {
                [PLAN_REMOVED] = { "disappeared", COLOR_BAD },
                [PLAN_CHANGED] = { "changed", COLOR_BUSY },
                [PLAN_ADDED] = { "available", COLOR_GOOD },
        };
        const Piece line[] = { { group->name, COLOR_NONE }, { ": ", COLOR_NONE },
                { verdicts[group->verdict].text, verdicts[group->verdict].color } };

        output_pieces(output, line, G_N_ELEMENTS(line));
        for (unsigned i = 0; verbose && i < plan->steps->len; i++) {
                const PlanStep *step = plan->steps->pdata[i];

                if (strcmp(step->kind, "daemon") != 0 && strcmp(step->group, group->name) == 0)
                        print_step(output, step, "    ");
        }
}

static void print_daemon(const Output *output, const Plan *plan)
{
        for (unsigned i = 0; i < plan->steps->len; i++) {
                const PlanStep *step = plan->steps->pdata[i];

                if (strcmp(step->kind, "daemon") == 0) {
                        g_autofree char *line =
                                        g_strdup_printf("[%s] %s", step->group, step->reason);

                        output_line(output, line);
                }
        }
}

void plan_table_print(const Output *output, const Plan *plan, char *const *groups, bool verbose)
{
        g_autoptr(GPtrArray) sorted = g_ptr_array_new();

        for (unsigned i = 0; i < plan->groups->len; i++)
                if (is_meant(((PlanGroup *)plan->groups->pdata[i])->name, groups))
                        g_ptr_array_add(sorted, plan->groups->pdata[i]);
        g_ptr_array_sort(sorted, compare_names);
        for (unsigned i = 0; i < sorted->len; i++)
                print_group(output, plan, sorted->pdata[i], verbose);
        if (sorted->len == 0)
                output_line(output, "No config updates to processes");
        if (verbose && !groups[0])
                print_daemon(output, plan);
}

static json_object *step_to_json(const PlanStep *step)
{
        json_object *object = json_object_new_object();
        json_object *options = json_object_new_array();

        for (char **option = step->options; *option; option++)
                json_object_array_add(options, json_object_new_string(*option));
        json_object_object_add(object, "kind", json_object_new_string(step->kind));
        json_object_object_add(object, "group", json_object_new_string(step->group));
        json_object_object_add(object, "process", json_object_new_string(step->process));
        json_object_object_add(object, "reason", json_object_new_string(step->reason));
        json_object_object_add(object, "options", options);
        return object;
}

/* The results stand in the order of the steps. */
static const Result *next_result(const GPtrArray *results, unsigned *next, const PlanStep *step)
{
        const Result *result = *next < results->len ? results->pdata[*next] : NULL;

        if (!result || strcmp(result->group, step->group) != 0 ||
                        strcmp(result->process, step->process) != 0)
                return NULL;
        (*next)++;
        return result;
}

char *plan_table_results_to_json(const Plan *plan, char *const *groups, const GPtrArray *results)
{
        json_object *array = json_object_new_array();
        unsigned next = 0;
        char *text;

        for (unsigned i = 0; i < plan->steps->len; i++) {
                const PlanStep *step = plan->steps->pdata[i];
                const Result *result = results ? next_result(results, &next, step) : NULL;
                json_object *object;

                if (!is_meant(step->group, groups) || (results && !result))
                        continue;
                object = step_to_json(step);
                if (result)
                        json_text_add_error(object, result->error, result->message);
                json_object_array_add(array, object);
        }
        text = g_strdup(json_object_to_json_string_ext(
                        array, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
        json_object_put(array);
        return text;
}

char *plan_table_to_json(const Plan *plan, char *const *groups)
{
        return plan_table_results_to_json(plan, groups, NULL);
}
