/* Supervisor's restart is a stop and a start, and tells of both; scripts look for "stopped" and
 * "started". Ours is one operation of the daemon's, so that it is carried through whatever becomes
 * of us, and the two lines are made from what was running before. */

#include "tools/ctl/operation-report.h"

#include <string.h>

#include "bus/error.h"
#include "tools/ctl/json-text.h"
#include "tools/ctl/process-list.h"

static bool is_error(const Result *result, const char *error)
{
        return strcmp(result->error, error) == 0;
}

/* With a word of its own, not by group, "all" or pattern. */
static bool is_named(const OperationReport *report, const Result *result)
{
        g_autofree char *full = g_strconcat(result->group, ":", result->process, NULL);
        const char *const *words = (const char *const *)report->words;

        return g_strv_contains(words, full) ||
               (strcmp(result->group, result->process) == 0 &&
                               g_strv_contains(words, result->group));
}

static bool has_nothing_to_do(const OperationReport *report, const Result *result)
{
        switch (report->operation) {
        case OPERATION_START:
                return is_error(result, BUS_ERROR_ALREADY_STARTED);
        case OPERATION_STOP:
        case OPERATION_SIGNAL:
                return is_error(result, BUS_ERROR_NOT_RUNNING);
        case OPERATION_RESTART:
        case OPERATION_CLEAR:
        case _OPERATION_MAX:
                break;
        }
        return false;
}

static void tell(const Context *context, Operation operation, bool waited, const Result *result,
                ExitStatus *ret_status)
{
        g_autofree char *text = result_text(operation, waited, result);

        if (result_is_failure(operation, result, ret_status))
                output_failure(context->output, text);
        else
                output_line(context->output, text);
}

static const ProcessEntry *entry_before(const OperationReport *report, const Result *result)
{
        for (unsigned i = 0; report->before && i < report->before->len; i++) {
                const ProcessEntry *entry = report->before->pdata[i];

                if (strcmp(entry->group, result->group) == 0 &&
                                strcmp(entry->process, result->process) == 0)
                        return entry;
        }
        return NULL;
}

/* What cannot be started any more is not stopped for it, and what has not ended yet is not
 * stopped. */
static bool is_left_running(const Result *result)
{
        static const char *const errors[] = { BUS_ERROR_NO_FILE, BUS_ERROR_NOT_EXECUTABLE,
                BUS_ERROR_FAILED, SD_BUS_ERROR_ACCESS_DENIED, SD_BUS_ERROR_TIMEOUT, NULL };

        return g_strv_contains(errors, result->error);
}

static void tell_stop(const Context *context, const OperationReport *report, const Result *result,
                ExitStatus *ret_status)
{
        const ProcessEntry *before = entry_before(report, result);
        const char *error = "";
        Result *stop;

        if (!before)
                error = result->error;
        else if (process_state_is_stopped(before->state))
                error = BUS_ERROR_NOT_RUNNING;
        else if (is_left_running(result))
                return;
        if (before && *error && !is_named(report, result))
                return;
        stop = result_new(result->group, result->process, error, result->message);
        tell(context, OPERATION_STOP, true, stop, ret_status);
        result_free(stop);
}

static void tell_restart(
                const Context *context, const OperationReport *report, ExitStatus *ret_status)
{
        for (unsigned i = 0; i < report->results->len; i++)
                tell_stop(context, report, report->results->pdata[i], ret_status);
        for (unsigned i = 0; i < report->results->len; i++)
                tell(context, OPERATION_START, true, report->results->pdata[i], ret_status);
}

static json_object *result_to_json(const OperationReport *report, const Result *result)
{
        json_object *object = json_object_new_object();

        json_text_add_process(object, result->group, result->process);
        json_text_add(object, "action", operation_word(report->operation));
        json_text_add(object, "result",
                        *result->error ? "error"
                                       : operation_outcome(report->operation, report->waited));
        json_text_add_error(object, result->error, result->message);
        return object;
}

static void print_json(
                const Context *context, const OperationReport *report, ExitStatus *ret_status)
{
        json_object *array = json_object_new_array();

        for (unsigned i = 0; i < report->results->len; i++) {
                const Result *result = report->results->pdata[i];

                tell(context, report->operation, report->waited, result, ret_status);
                json_object_array_add(array, result_to_json(report, result));
        }
        json_text_print(context->output, array);
}

ExitStatus operation_report(const Context *context, const OperationReport *report)
{
        g_autoptr(GPtrArray) told = g_ptr_array_new();
        OperationReport rest = *report;
        ExitStatus status = EXIT_STATUS_FINE;

        for (unsigned i = 0; i < report->results->len; i++) {
                Result *result = report->results->pdata[i];

                if (!has_nothing_to_do(report, result) || is_named(report, result))
                        g_ptr_array_add(told, result);
        }
        rest.results = told;
        if (context->output->json)
                print_json(context, &rest, &status);
        else if (rest.operation == OPERATION_RESTART && rest.waited)
                tell_restart(context, &rest, &status);
        else
                for (unsigned i = 0; i < told->len; i++)
                        tell(context, rest.operation, rest.waited, told->pdata[i], &status);
        return status;
}
