/* Supervisor's restart is a stop and a start, and tells of both; scripts look for "stopped" and
 * "started". Without waiting the start could not know when to begin, so that is left to the
 * daemon's own Restart. */

#include "tools/ctl/operation.h"

static ExitStatus run_restart(Context *context, char **arguments)
{
        ExitStatus status;

        if (context->arguments->no_block)
                return operation_run(context, OPERATION_RESTART, arguments, NULL, EXIT_STATUS_FINE);
        status = operation_run(context, OPERATION_STOP, arguments, NULL, EXIT_STATUS_FINE);
        return operation_run(context, OPERATION_START, arguments, NULL, status);
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
                .takes_no_block = true,
                .first_argument = COMPLETES_NAME,
                .more_arguments = COMPLETES_NAME,
                .run = run_restart,
};
