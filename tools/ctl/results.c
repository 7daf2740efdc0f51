/* Supervisor's texts and numbers differ between operations in a few places only. The table has a
 * column for the operations that a row is for; the first row that fits counts. */

#include "tools/ctl/results.h"

#include <string.h>

#include "bus/error.h"
#include "tools/ctl/process-list.h"

#define ON(operation) (1u << (operation))
#define ON_ANY        (ON(_OPERATION_MAX) - 1)
#define ON_START      (ON(OPERATION_START) | ON(OPERATION_RESTART))
#define ON_STOP       ON(OPERATION_STOP)
#define ON_SIGNAL     ON(OPERATION_SIGNAL)
#define ON_CLEAR      ON(OPERATION_CLEAR)

static const struct {
        const char *word, *action, *method, *done, *under_way;
} operations[_OPERATION_MAX] = {
        [OPERATION_START] = { "start", "start processes", "Start", "started", "starting" },
        [OPERATION_STOP] = { "stop", "stop processes", "Stop", "stopped", "stopping" },
        [OPERATION_RESTART] = { "restart", "restart processes", "Restart", "restarted",
                        "restarting" },
        [OPERATION_SIGNAL] = { "signal", "signal processes", "Signal", "signalled", "signalled" },
        [OPERATION_CLEAR] = { "clear", "clear logs", "ClearLogs", "cleared", "cleared" },
};

static const struct {
        unsigned on;
        const char *error;
        const char *text; /* NULL: the message alone; empty: the message */
        ExitStatus status;
} errors[] = {
        { ON_ANY, BUS_ERROR_NO_SUCH_PROCESS, "no such process", EXIT_STATUS_GENERIC },
        { ON_START, BUS_ERROR_NO_SUCH_GROUP, "no such group", EXIT_STATUS_INVALID_ARGUMENTS },
        { ON_ANY, BUS_ERROR_NO_SUCH_GROUP, "no such group", EXIT_STATUS_GENERIC },
        { ON_ANY, BUS_ERROR_BAD_SIGNAL, "bad signal name", EXIT_STATUS_GENERIC },
        { ON_ANY, BUS_ERROR_NO_FILE, "no such file", EXIT_STATUS_GENERIC },
        { ON_ANY, BUS_ERROR_NOT_EXECUTABLE, "file is not executable", EXIT_STATUS_GENERIC },
        { ON_STOP | ON_SIGNAL, BUS_ERROR_FAILED, NULL, EXIT_STATUS_GENERIC },
        { ON_CLEAR, BUS_ERROR_FAILED, "failed", EXIT_STATUS_GENERIC },
        { ON_ANY, BUS_ERROR_ABNORMAL_TERMINATION, "abnormal termination", EXIT_STATUS_NOT_RUNNING },
        { ON_ANY, BUS_ERROR_SPAWN, "spawn error", EXIT_STATUS_NOT_RUNNING },
        { ON_ANY, BUS_ERROR_ALREADY_STARTED, "already started", EXIT_STATUS_FINE },
        { ON_SIGNAL, BUS_ERROR_NOT_RUNNING, "not running", EXIT_STATUS_NOT_RUNNING },
        { ON_ANY, BUS_ERROR_NOT_RUNNING, "not running", EXIT_STATUS_FINE },
        { ON_ANY, BUS_ERROR_SHUTTING_DOWN, "supervisor shutting down", EXIT_STATUS_GENERIC },
        { ON_ANY, SD_BUS_ERROR_ACCESS_DENIED, "not allowed", EXIT_STATUS_GENERIC },
        { ON_ANY, SD_BUS_ERROR_TIMEOUT, "", EXIT_STATUS_TIMED_OUT },
};

const char *operation_word(Operation operation)
{
        g_assert(operation < _OPERATION_MAX);
        return operations[operation].word;
}

const char *operation_outcome(Operation operation, bool waited)
{
        g_assert(operation < _OPERATION_MAX);
        return waited ? operations[operation].done : operations[operation].under_way;
}

const char *operation_action(Operation operation)
{
        g_assert(operation < _OPERATION_MAX);
        return operations[operation].action;
}

const char *operation_method(Operation operation)
{
        g_assert(operation < _OPERATION_MAX);
        return operations[operation].method;
}

Result *result_new(const char *group, const char *process, const char *error, const char *message)
{
        Result *result = g_new0(Result, 1);

        result->group = g_strdup(group);
        result->process = g_strdup(process);
        result->error = g_strdup(error);
        result->message = g_strdup(message);
        return result;
}

Result *result_new_of_name(const char *name, const char *process_error, const char *group_error)
{
        g_autofree char *group = process_name_group(name);
        g_auto(GStrv) parts = g_strsplit(name, ":", 2);

        if (group)
                return result_new(group, "", group_error, "");
        return result_new(parts[0], parts[1] ? parts[1] : parts[0], process_error, "");
}

void result_free(void *pointer)
{
        Result *result = pointer;

        g_free(result->group);
        g_free(result->process);
        g_free(result->error);
        g_free(result->message);
        g_free(result);
}

int results_read(sd_bus_message *reply, GPtrArray **ret)
{
        g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func(result_free);
        const char *group, *process, *error, *message;
        int r = sd_bus_message_enter_container(reply, 'a', "(ssss)");

        if (r < 0)
                return r;
        while ((r = sd_bus_message_read(reply, "(ssss)", &group, &process, &error, &message)) > 0)
                g_ptr_array_add(results, result_new(group, process, error, message));
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&results);
        return 0;
}

/* G_N_ELEMENTS(errors) when the error is none that we know. */
static size_t find_error(Operation operation, const char *error)
{
        size_t i;

        for (i = 0; i < G_N_ELEMENTS(errors); i++)
                if ((errors[i].on & ON(operation)) && strcmp(errors[i].error, error) == 0)
                        break;
        return i;
}

char *result_text(Operation operation, bool waited, const Result *result)
{
        g_autofree char *name = process_display_name(result->group, result->process);
        size_t i = find_error(operation, result->error);
        const char *message = *result->message ? result->message : result->error;

        if (!*result->error)
                return g_strdup_printf("%s: %s", name, operation_outcome(operation, waited));
        if (i == G_N_ELEMENTS(errors) || (errors[i].text && !*errors[i].text))
                return g_strdup_printf("%s: ERROR (%s)", name, message);
        if (!errors[i].text)
                return g_strdup(message);
        return g_strdup_printf("%s: ERROR (%s)", name, errors[i].text);
}

bool result_is_failure(Operation operation, const Result *result, ExitStatus *ret_status)
{
        size_t i = find_error(operation, result->error);
        ExitStatus status = i < G_N_ELEMENTS(errors) ? errors[i].status : EXIT_STATUS_GENERIC;

        if (!*result->error || status == EXIT_STATUS_FINE)
                return false;
        *ret_status = status;
        return true;
}

static const char *error_after_start(ProcessState state, bool has_spawn_error)
{
        switch (state) {
        case PROCESS_STARTING:
        case PROCESS_BACKOFF:
        case PROCESS_STOPPING:
                return NULL;
        case PROCESS_RUNNING:
        case PROCESS_EXITED: /* only what was RUNNING can have EXITED */
                return "";
        case PROCESS_FATAL:
                return has_spawn_error ? BUS_ERROR_SPAWN : BUS_ERROR_ABNORMAL_TERMINATION;
        case PROCESS_STOPPED:
        case PROCESS_UNKNOWN:
        case _PROCESS_STATE_MAX:
        case _PROCESS_STATE_INVALID:
                break;
        }
        return BUS_ERROR_FAILED;
}

const char *result_error_of_state(Operation operation, ProcessState state, bool has_spawn_error)
{
        if (operation != OPERATION_STOP)
                return error_after_start(state, has_spawn_error);
        if (state == PROCESS_STOPPING)
                return NULL;
        return process_state_is_stopped(state) ? "" : BUS_ERROR_FAILED;
}
