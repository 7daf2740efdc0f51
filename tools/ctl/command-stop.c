/* All the work is operation_run's. */

#include "tools/ctl/operation.h"

static ExitStatus run_stop(Context *context, char **arguments)
{
        return operation_run(context, OPERATION_STOP, arguments, NULL);
}

const Command command_stop = {
        .name = "stop",
        .synopsis = "NAME...",
        .summary = "Stop processes and wait until they have ended",
        .min_arguments = 1,
        .max_arguments = COMMAND_ANY_NUMBER,
        .required = "a process name",
        .missing_status = EXIT_STATUS_GENERIC,
        .first_argument = COMPLETES_NAME,
        .more_arguments = COMPLETES_NAME,
        .run = run_stop,
};
