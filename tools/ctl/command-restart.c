/* One operation of the daemon, which stops and starts each process. */

#include "tools/ctl/operation.h"

static ExitStatus run_restart(Context *context, char **arguments)
{
        return operation_run(context, OPERATION_RESTART, arguments, NULL);
}

const Command command_restart = {
        .name = "restart",
        .synopsis = "NAME...",
        .summary = "Stop processes, then start them",
        .details = "    Starts those too that did not run before.",
        .min_arguments = 1,
        .max_arguments = COMMAND_ANY_NUMBER,
        .required = "a process name",
        .missing_status = EXIT_STATUS_GENERIC,
        .first_argument = COMPLETES_NAME,
        .more_arguments = COMPLETES_NAME,
        .run = run_restart,
};
