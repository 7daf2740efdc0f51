/* The signal stands before the names, as in Supervisor. Which signals there are, the daemon knows.
 */

#include "tools/ctl/operation.h"

static ExitStatus run_signal(Context *context, char **arguments)
{
        return operation_run(context, OPERATION_SIGNAL, arguments + 1, arguments[0]);
}

const Command command_signal = {
        .name = "signal",
        .synopsis = "SIGNAL NAME...",
        .summary = "Send a signal to processes",
        .details = "    SIGNAL is a name or a number: HUP, SIGHUP, 1.",
        .min_arguments = 2,
        .max_arguments = COMMAND_ANY_NUMBER,
        .required = "a signal name and a process name",
        .missing_status = EXIT_STATUS_GENERIC,
        .first_argument = COMPLETES_SIGNAL,
        .more_arguments = COMPLETES_NAME,
        .run = run_signal,
};
