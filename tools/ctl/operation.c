/* One call for all the names: the daemon works on them at the same time, where Supervisor's client
 * starts one after the other. The lines come in the order of the names all the same. */

#include "tools/ctl/operation.h"

#include "bus/cleanup.h"
#include "bus/error.h"
#include "bus/names.h"
#include "tools/ctl/late-call.h"
#include "tools/ctl/lost-call.h"
#include "tools/ctl/name-pattern.h"
#include "tools/ctl/operation-report.h"
#include "tools/ctl/process-list.h"
#include "tools/ctl/watched-call.h"

typedef struct Work {
        Context *context;
        Operation operation;
        const char *signal;
        char *const *words; /* as they were typed */
        char **names;       /* for the daemon */
        GPtrArray *before;  /* of ProcessEntry; NULL = there is no need to know */
        GPtrArray *unknown; /* patterns that mean nothing, of words */
} Work;

static void work_clear(Work *work)
{
        g_strfreev(work->names);
        g_clear_pointer(&work->before, g_ptr_array_unref);
        g_clear_pointer(&work->unknown, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Work, work_clear)

/* Signals and clearing are over at once. */
static bool takes_flags(Operation operation)
{
        return operation != OPERATION_SIGNAL && operation != OPERATION_CLEAR;
}

static bool waits(const Work *work)
{
        return takes_flags(work->operation) && !work->context->arguments->no_block;
}

static bool has_pattern(char *const *words)
{
        for (; *words; words++)
                if (name_pattern_is(*words))
                        return true;
        return false;
}

static bool needs_list(const Work *work)
{
        return has_pattern(work->words) ||
               (waits(work) && (work->operation == OPERATION_RESTART ||
                                               work->context->output->is_watched ||
                                               client_deadline(work->context->client) !=
                                                               UINT64_MAX));
}

static bool prepare(Work *work, GError **error)
{
        work->unknown = g_ptr_array_new();
        if (!needs_list(work)) {
                work->names = g_strdupv((char **)work->words);
                return true;
        }
        work->before = process_list_read(work->context->client, error);
        if (!work->before)
                return false;
        work->names = process_list_expand(work->before, work->words, work->unknown);
        return true;
}

static int new_call(const Work *work, sd_bus_message **ret)
{
        g_autoptr(sd_bus_message) call = NULL;
        uint64_t flags = waits(work) ? 0 : BUS_FLAG_NO_WAIT;
        int r = client_new_call(work->context->client, BUS_INTERFACE_MANAGER,
                        operation_method(work->operation), &call);

        if (r < 0)
                return r;
        r = sd_bus_message_append_strv(call, work->names);
        if (r < 0)
                return r;
        if (work->signal)
                r = sd_bus_message_append(call, "s", work->signal);
        else if (takes_flags(work->operation))
                r = sd_bus_message_append(call, "t", flags);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&call);
        return 0;
}

/* What there is to watch: NULL when nobody looks, or for less than two processes. */
static Progress *new_progress(const Work *work)
{
        g_autoptr(Progress) progress = NULL;
        g_autoptr(GPtrArray) unknown = g_ptr_array_new();
        g_autoptr(GPtrArray) selection = NULL;

        if (!work->context->output->is_watched || !waits(work))
                return NULL;
        selection = process_list_select_all(work->before, work->names, unknown);
        progress = progress_new(work->operation, selection);
        return progress_total(progress) > 1 ? g_steal_pointer(&progress) : NULL;
}

static bool call_and_wait(
                const Work *work, sd_bus_message *call, sd_bus_message **ret_reply, GError **error)
{
        const char *action = operation_action(work->operation);
        g_autoptr(Progress) progress = new_progress(work);
        uint64_t timeout = waits(work) ? CLIENT_NO_TIMEOUT : CLIENT_TIMEOUT;

        if (progress)
                return watched_call(
                                work->context->client, call, action, progress, ret_reply, error);
        return client_call(work->context->client, call, timeout, action, ret_reply, error);
}

static GPtrArray *ask(const Work *work, GError **error)
{
        g_autoptr(sd_bus_message) call = NULL;
        g_autoptr(sd_bus_message) reply = NULL;
        GPtrArray *results;
        int r;

        /* None is what all the patterns have left. */
        if (!*work->names)
                return g_ptr_array_new_with_free_func(result_free);
        r = new_call(work, &call);
        if (r >= 0) {
                if (!call_and_wait(work, call, &reply, error))
                        return NULL;
                r = results_read(reply, &results);
        }
        if (r < 0) {
                client_set_error(NULL, r, operation_action(work->operation), error);
                return NULL;
        }
        return results;
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

/* An answer that did not come is made up from what is to be seen. *ret_late keeps the error of the
 * time that was over. */
static GPtrArray *get_results(const Work *work, GError **ret_late, GError **error)
{
        g_autoptr(GError) own = NULL;
        GPtrArray *results = ask(work, &own);

        if (results)
                return results;
        if (g_error_matches(own, FAILURE, FAILURE_BAD_SIGNAL))
                return bad_signal_results(work->words);
        if (waits(work) && g_error_matches(own, FAILURE, FAILURE_LOST)) {
                const LostCall lost = { work->operation, work->names, work->before };

                return lost_call_resolve(work->context->client, &lost, error);
        }
        if (waits(work) && g_error_matches(own, FAILURE, FAILURE_TIMED_OUT)) {
                const LateCall late = { work->operation, work->names, work->before };

                *ret_late = g_steal_pointer(&own);
                return late_call_resolve(work->context->client, &late, error);
        }
        g_propagate_error(error, g_steal_pointer(&own));
        return NULL;
}

static void add_unknown(const Work *work, GPtrArray *results)
{
        for (unsigned i = 0; i < work->unknown->len; i++)
                g_ptr_array_insert(results, i,
                                result_new_of_name(work->unknown->pdata[i],
                                                BUS_ERROR_NO_SUCH_PROCESS,
                                                BUS_ERROR_NO_SUCH_GROUP));
}

static ExitStatus run(Work *work)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GError) late = NULL;
        g_autoptr(GPtrArray) results = NULL;
        OperationReport report = {
                .operation = work->operation,
                .waited = waits(work),
                .words = work->words,
        };
        ExitStatus status;

        if (prepare(work, &error))
                results = get_results(work, &late, &error);
        if (!results)
                return command_fail(error);
        add_unknown(work, results);
        report.results = results;
        report.before = work->before;
        status = operation_report(work->context, &report);
        return late ? late_call_tell(results, late) : status;
}

ExitStatus operation_run(
                Context *context, Operation operation, char *const *arguments, const char *signal)
{
        char *const all[] = { (char *)"all", NULL };
        bool is_all = g_strv_contains((const char *const *)arguments, "all");
        g_auto(Work) work = {
                .context = context,
                .operation = operation,
                .signal = signal,
                .words = is_all ? all : arguments,
        };

        return run(&work);
}
