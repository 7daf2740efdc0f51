/* One call for all the names: the daemon works on them at the same time, where Supervisor's client
 * starts one after the other. The lines come in the order of the names all the same. */

#include "tools/ctl/operation.h"

#include "bus/cleanup.h"
#include "bus/error.h"
#include "bus/names.h"
#include "tools/ctl/lost-call.h"
#include "tools/ctl/process-list.h"
#include "tools/ctl/watched-call.h"

/* Signals and clearing are over at once. */
static bool takes_flags(Operation operation)
{
        return operation != OPERATION_SIGNAL && operation != OPERATION_CLEAR;
}

static bool waits(const Context *context, Operation operation)
{
        return takes_flags(operation) && !context->arguments->no_block;
}

static int new_call(Context *context, Operation operation, char *const *names, const char *signal,
                sd_bus_message **ret)
{
        g_autoptr(sd_bus_message) call = NULL;
        uint64_t flags = waits(context, operation) ? 0 : BUS_FLAG_NO_WAIT;
        int r = client_new_call(
                        context->client, BUS_INTERFACE_MANAGER, operation_method(operation), &call);

        if (r < 0)
                return r;
        r = sd_bus_message_append_strv(call, (char **)names);
        if (r < 0)
                return r;
        if (signal)
                r = sd_bus_message_append(call, "s", signal);
        else if (takes_flags(operation))
                r = sd_bus_message_append(call, "t", flags);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&call);
        return 0;
}

/* What there is to watch: NULL when nobody looks, or for less than two processes. */
static Progress *new_progress(Context *context, Operation operation, char *const *names)
{
        g_autoptr(Progress) progress = NULL;
        g_autoptr(GPtrArray) list = NULL;
        g_autoptr(GPtrArray) unknown = g_ptr_array_new();
        g_autoptr(GPtrArray) selection = NULL;

        if (!context->output->is_watched || !waits(context, operation))
                return NULL;
        list = process_list_read(context->client, NULL);
        if (!list)
                return NULL; /* the call itself will tell why */
        selection = process_list_select_all(list, names, unknown);
        progress = progress_new(operation, selection);
        return progress_total(progress) > 1 ? g_steal_pointer(&progress) : NULL;
}

static bool call_and_wait(Context *context, Operation operation, char *const *names,
                sd_bus_message *call, sd_bus_message **ret_reply, GError **error)
{
        const char *action = operation_action(operation);
        g_autoptr(Progress) progress = new_progress(context, operation, names);
        uint64_t timeout = waits(context, operation) ? CLIENT_NO_TIMEOUT : CLIENT_TIMEOUT;

        if (progress)
                return watched_call(context->client, call, action, progress, ret_reply, error);
        return client_call(context->client, call, timeout, action, ret_reply, error);
}

static GPtrArray *ask(Context *context, Operation operation, char *const *names, const char *signal,
                GError **error)
{
        g_autoptr(sd_bus_message) call = NULL;
        g_autoptr(sd_bus_message) reply = NULL;
        GPtrArray *results;
        int r = new_call(context, operation, names, signal, &call);

        if (r >= 0) {
                if (!call_and_wait(context, operation, names, call, &reply, error))
                        return NULL;
                r = results_read(reply, &results);
        }
        if (r < 0) {
                client_set_error(NULL, r, operation_action(operation), error);
                return NULL;
        }
        return results;
}

static ExitStatus tell(const Context *context, Operation operation, const GPtrArray *results,
                ExitStatus previous)
{
        ExitStatus status = previous;

        for (unsigned i = 0; i < results->len; i++) {
                const Result *result = results->pdata[i];
                g_autofree char *text = result_text(operation, waits(context, operation), result);

                if (result_is_failure(operation, result, &status))
                        output_failure(context->output, text);
                else
                        output_line(context->output, text);
        }
        return status;
}

/* The daemon refuses a signal that there is none of once for all; Supervisor tells it of each name.
 */
static GPtrArray *bad_signal_results(char *const *names)
{
        GPtrArray *results = g_ptr_array_new_with_free_func(result_free);

        for (; *names; names++)
                g_ptr_array_add(results, result_new_of_name(*names, BUS_ERROR_BAD_SIGNAL,
                                                         BUS_ERROR_BAD_SIGNAL));
        return results;
}

ExitStatus operation_run(Context *context, Operation operation, char *const *arguments,
                const char *signal, ExitStatus previous)
{
        char *const all[] = {(char *)"all", NULL};
        bool is_all = g_strv_contains((const char *const *)arguments, "all");
        char *const *names = is_all ? all : arguments;
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) results = ask(context, operation, names, signal, &error);

        if (!results && waits(context, operation) &&
                        g_error_matches(error, FAILURE, FAILURE_LOST)) {
                g_clear_error(&error);
                results = lost_call_resolve(context->client, operation, names, &error);
        }
        if (!results && g_error_matches(error, FAILURE, FAILURE_BAD_SIGNAL))
                results = bad_signal_results(names);
        if (!results)
                return command_fail(error);
        return tell(context, operation, results, previous);
}
