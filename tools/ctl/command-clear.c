/* All the work is operation_run's. */

#include "tools/ctl/operation.h"

static ExitStatus run_clear(Context *context, char **arguments)
{
        return operation_run(context, OPERATION_CLEAR, arguments, NULL);
}

const Command command_clear = {
        .name = "clear",
        .synopsis = "NAME... | all",
        .summary = "Empty the logs of processes",
        .details = "    Whether they run or not; backups stay.",
        .min_arguments = 1,
        .max_arguments = COMMAND_ANY_NUMBER,
        .required = "a process name",
        .missing_status = EXIT_STATUS_GENERIC,
        .first_argument = COMPLETES_NAME,
        .more_arguments = COMPLETES_NAME,
        .run = run_clear,
};
