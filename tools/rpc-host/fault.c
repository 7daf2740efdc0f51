/* The names are Supervisor's, word for word: clients compare the texts. */

#include "tools/rpc-host/fault.h"

#include <stddef.h>
#include <string.h>

#include "bus/error.h"

static const char *const names[] = {
        [FAULT_UNKNOWN_METHOD] = "UNKNOWN_METHOD",
        [FAULT_INCORRECT_PARAMETERS] = "INCORRECT_PARAMETERS",
        [FAULT_BAD_ARGUMENTS] = "BAD_ARGUMENTS",
        [FAULT_SIGNATURE_UNSUPPORTED] = "SIGNATURE_UNSUPPORTED",
        [FAULT_SHUTDOWN_STATE] = "SHUTDOWN_STATE",
        [FAULT_BAD_NAME] = "BAD_NAME",
        [FAULT_BAD_SIGNAL] = "BAD_SIGNAL",
        [FAULT_NO_FILE] = "NO_FILE",
        [FAULT_NOT_EXECUTABLE] = "NOT_EXECUTABLE",
        [FAULT_FAILED] = "FAILED",
        [FAULT_ABNORMAL_TERMINATION] = "ABNORMAL_TERMINATION",
        [FAULT_SPAWN_ERROR] = "SPAWN_ERROR",
        [FAULT_ALREADY_STARTED] = "ALREADY_STARTED",
        [FAULT_NOT_RUNNING] = "NOT_RUNNING",
        [FAULT_SUCCESS] = "SUCCESS",
        [FAULT_ALREADY_ADDED] = "ALREADY_ADDED",
        [FAULT_STILL_RUNNING] = "STILL_RUNNING",
        [FAULT_CANT_REREAD] = "CANT_REREAD",
};

static const struct {
        const char *error;
        FaultCode code;
} errors[] = {
        { BUS_ERROR_BAD_ARGUMENTS, FAULT_BAD_ARGUMENTS },
        { BUS_ERROR_NO_SUCH_PROCESS, FAULT_BAD_NAME },
        { BUS_ERROR_NO_SUCH_GROUP, FAULT_BAD_NAME },
        { BUS_ERROR_BAD_SIGNAL, FAULT_BAD_SIGNAL },
        { BUS_ERROR_NO_FILE, FAULT_NO_FILE },
        { BUS_ERROR_NOT_EXECUTABLE, FAULT_NOT_EXECUTABLE },
        { BUS_ERROR_FAILED, FAULT_FAILED },
        { BUS_ERROR_ABNORMAL_TERMINATION, FAULT_ABNORMAL_TERMINATION },
        { BUS_ERROR_SPAWN, FAULT_SPAWN_ERROR },
        { BUS_ERROR_ALREADY_STARTED, FAULT_ALREADY_STARTED },
        { BUS_ERROR_NOT_RUNNING, FAULT_NOT_RUNNING },
        { BUS_ERROR_ALREADY_ADDED, FAULT_ALREADY_ADDED },
        { BUS_ERROR_STILL_RUNNING, FAULT_STILL_RUNNING },
        { BUS_ERROR_SHUTTING_DOWN, FAULT_SHUTDOWN_STATE },
        { BUS_ERROR_BAD_CONFIGURATION, FAULT_CANT_REREAD },
};

const char *fault_name(int code)
{
        return code >= 0 && code < (int)G_N_ELEMENTS(names) ? names[code] : NULL;
}

FaultCode fault_code_from_bus_error(const char *error_name)
{
        for (size_t i = 0; error_name && i < G_N_ELEMENTS(errors); i++)
                if (strcmp(errors[i].error, error_name) == 0)
                        return errors[i].code;
        return FAULT_FAILED;
}

Fault *fault_new(FaultCode code, const char *detail)
{
        Fault *fault = g_new0(Fault, 1);

        fault->code = code;
        fault->text = detail ? g_strdup_printf("%s: %s", names[code], detail)
                             : g_strdup(names[code]);
        return fault;
}

Fault *fault_from_bus_error(const sd_bus_error *error, const char *detail)
{
        FaultCode code = fault_code_from_bus_error(error->name);

        if (!detail && code == FAULT_FAILED)
                detail = error->message;
        return fault_new(code, detail);
}

Fault *fault_free(Fault *fault)
{
        if (!fault)
                return NULL;
        g_free(fault->text);
        g_free(fault);
        return NULL;
}
