/* The detail of a fault is the name that was asked for, but where Supervisor has words of its own.
 */

#include "tools/rpc-host/results.h"

#include <string.h>

#include "bus/cleanup.h"
#include "tools/rpc-host/process-name.h"

static const char *detail_of(
                FaultCode code, const char *message, const char *name, const char *signal)
{
        switch (code) {
        case FAULT_NO_FILE:
        case FAULT_NOT_EXECUTABLE:
        case FAULT_FAILED:
        case FAULT_CANT_REREAD:
                return message;
        case FAULT_BAD_SIGNAL:
                return signal;
        case FAULT_BAD_NAME:
        case FAULT_ABNORMAL_TERMINATION:
        case FAULT_SPAWN_ERROR:
        case FAULT_ALREADY_STARTED:
        case FAULT_NOT_RUNNING:
        case FAULT_ALREADY_ADDED:
        case FAULT_STILL_RUNNING:
                return name;
        case FAULT_UNKNOWN_METHOD:
        case FAULT_INCORRECT_PARAMETERS:
        case FAULT_BAD_ARGUMENTS:
        case FAULT_SIGNATURE_UNSUPPORTED:
        case FAULT_SHUTDOWN_STATE:
        case FAULT_SUCCESS:
                return NULL;
        }
        g_assert_not_reached();
}

static Fault *fault_of(const char *error, const char *message, const char *name, const char *signal)
{
        FaultCode code = g_strcmp0(error, SD_BUS_ERROR_UNKNOWN_OBJECT) == 0
                                         ? FAULT_BAD_NAME
                                         : fault_code_from_bus_error(error);

        return fault_new(code, detail_of(code, message, name, signal));
}

Fault *results_fault(const sd_bus_error *error, const char *name, const char *signal)
{
        return fault_of(error->name, error->message, name, signal);
}

static Value *new_result(const char *group, const char *process, const Fault *fault)
{
        Value *result = value_new_struct();

        value_set(result, "name", value_new_string(process));
        value_set(result, "group", value_new_string(group));
        value_set(result, "status", value_new_int(fault ? fault->code : FAULT_SUCCESS));
        value_set(result, "description", value_new_string(fault ? fault->text : "OK"));
        return result;
}

/* signal: of one that there is not; NULL = it is as the daemon says. */
static int read_results(sd_bus_message *reply, const char *signal, Value **ret)
{
        g_autoptr(Value) results = value_new_array();
        const char *group, *process, *error, *message;
        int r = sd_bus_message_enter_container(reply, 'a', "(ssss)");

        while (r >= 0 && (r = sd_bus_message_read(reply, "(ssss)", &group, &process, &error,
                                          &message)) > 0) {
                g_autofree char *name = process_name_of(group, process);
                g_autoptr(Fault) fault = NULL;

                if (signal)
                        fault = fault_new(FAULT_BAD_SIGNAL, signal);
                else if (*error)
                        fault = fault_of(error, message, name, NULL);
                value_append(results, new_result(group, process, fault));
        }
        if (r >= 0)
                *ret = g_steal_pointer(&results);
        return r;
}

int results_read(sd_bus_message *reply, Value **ret)
{
        return read_results(reply, NULL, ret);
}

int results_read_bad_signal(sd_bus_message *reply, const char *signal, Value **ret)
{
        return read_results(reply, signal, ret);
}
