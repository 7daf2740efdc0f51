/* One call for each name, as with Supervisor: what has been done stays done when a later one fails.
 */

#include "tools/ctl/group-change.h"

#include "bus/cleanup.h"
#include "bus/error.h"
#include "bus/names.h"
#include "tools/ctl/configuration-list.h"
#include "tools/ctl/json-text.h"
#include "tools/ctl/name-pattern.h"
#include "tools/ctl/plan-failure.h"
#include "tools/ctl/process-list.h"

typedef struct Run {
        Context *context;
        const GroupChange *change;
        json_object *array; /* NULL unless it is told as JSON */
        ExitStatus status;
} Run;

static bool ask(Context *context, const GroupChange *change, const char *name, GError **error)
{
        g_autoptr(sd_bus_message) call = NULL;
        g_autoptr(sd_bus_message) reply = NULL;
        int r = client_new_call(context->client, BUS_INTERFACE_MANAGER, change->method, &call);

        if (r >= 0)
                r = sd_bus_message_append(call, "s", name);
        if (r >= 0)
                return client_call(context->client, call, CLIENT_TIMEOUT, change->action, &reply,
                                error);
        client_set_error(NULL, r, change->action, error);
        return false;
}

static ExitStatus fail(const Context *context, const GError *error, const char *name)
{
        g_autofree char *text = NULL;

        if (g_error_matches(error, FAILURE, FAILURE_NO_SUCH_NAME))
                text = g_strconcat("ERROR: no such process/group: ", name, NULL);
        else if (g_error_matches(error, FAILURE, FAILURE_STILL_RUNNING))
                text = g_strconcat("ERROR: process/group still running: ", name, NULL);
        else
                return plan_fail(context->output, error, "ERROR: shutting down");
        output_failure(context->output, text);
        return EXIT_STATUS_GENERIC;
}

static void note_json(const Run *run, const char *name, const char *result, const char *error,
                const char *message)
{
        json_object *object;

        if (!run->array)
                return;
        object = json_object_new_object();
        json_text_add(object, "group", name);
        json_text_add(object, "action", run->change->word);
        json_text_add(object, "result", result);
        json_text_add_error(object, error, message);
        json_object_array_add(run->array, object);
}

static void change_one(Run *run, const char *name)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *text = g_strdup_printf("%s: %s", name, run->change->done);
        const char *error_name;
        ExitStatus status = EXIT_STATUS_FINE;

        if (ask(run->context, run->change, name, &error)) {
                output_line(run->context->output, text);
                note_json(run, name, run->change->result, "", "");
                return;
        }
        error_name = client_error_name(error);
        /* It is as it was to be, which is no failure. */
        if (g_error_matches(error, FAILURE, FAILURE_ALREADY_ADDED))
                output_line(run->context->output, "ERROR: process group already active");
        else
                status = fail(run->context, error, name);
        note_json(run, name, "error", error_name, error->message);
        if (status != EXIT_STATUS_FINE)
                run->status = status;
}

/* Patterns are about the groups that it can be done with. Sorted as the daemon has them. */
static GPtrArray *read_groups(Context *context, const GroupChange *change, GError **error)
{
        g_autoptr(GPtrArray) list = change->is_new ? configuration_list_read(context->client, error)
                                                   : process_list_read(context->client, error);
        GPtrArray *groups = g_ptr_array_new_with_free_func(g_free);

        for (unsigned i = 0; list && i < list->len; i++) {
                const ConfigurationEntry *configured = list->pdata[i];
                const ProcessEntry *used = list->pdata[i];
                const char *group = change->is_new ? configured->group : used->group;

                if (!(change->is_new && configured->in_use) &&
                                !g_ptr_array_find_with_equal_func(groups, group, g_str_equal, NULL))
                        g_ptr_array_add(groups, g_strdup(group));
        }
        if (list)
                return groups;
        g_ptr_array_unref(groups);
        return NULL;
}

static void change_matching(Run *run, const char *pattern)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) groups = read_groups(run->context, run->change, &error);
        unsigned n = 0;

        if (!groups) {
                run->status = plan_fail(run->context->output, error, "ERROR: shutting down");
                return;
        }
        for (unsigned i = 0; i < groups->len; i++)
                if (name_pattern_matches_word(pattern, groups->pdata[i])) {
                        change_one(run, groups->pdata[i]);
                        n++;
                }
        if (n > 0)
                return;
        g_set_error(&error, FAILURE, FAILURE_NO_SUCH_NAME, "no group matches");
        run->status = fail(run->context, error, pattern);
        note_json(run, pattern, "error", BUS_ERROR_NO_SUCH_GROUP, error->message);
}

ExitStatus group_change_run(Context *context, const GroupChange *change, char *const *names)
{
        Run run = { .context = context, .change = change };

        if (context->output->json)
                run.array = json_object_new_array();
        for (; *names; names++)
                if (name_pattern_is(*names))
                        change_matching(&run, *names);
                else
                        change_one(&run, *names);
        if (run.array)
                json_text_print(context->output, run.array);
        return run.status;
}
