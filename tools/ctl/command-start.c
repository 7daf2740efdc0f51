/* All the work is operation_run's. */

#include "tools/ctl/operation.h"

static ExitStatus run_start(Context *context, char **arguments)
{
        return operation_run(context, OPERATION_START, arguments, NULL);
}

const Command command_start = {
        .name = "start",
        .synopsis = "NAME...",
        .summary = "Start processes and wait until they run",
        .details = "    Processes of a group or of all that run already are left alone.",
        .min_arguments = 1,
        .max_arguments = COMMAND_ANY_NUMBER,
        .required = "a process name",
        .missing_status = EXIT_STATUS_INVALID_ARGUMENTS,
        .first_argument = COMPLETES_NAME,
        .more_arguments = COMPLETES_NAME,
        .run = run_start,
};
