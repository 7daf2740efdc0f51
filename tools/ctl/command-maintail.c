/* As tail, for what the daemon says itself; errors call it supervisord, as scripts know it. */

#include "tools/ctl/log-tail.h"

#define NAME "supervisord"

static ExitStatus run_maintail(Context *context, char **words)
{
        LogTail tail = LOG_TAIL_DEFAULT;

        if (g_strv_length(words) > 1)
                return command_misused(&command_maintail, context, "Error: too many arguments");
        if (words[0] && !log_tail_parse(words[0], &tail)) {
                g_autofree char *wrong = g_strdup_printf("Error: bad argument %s", words[0]);

                output_failure(context->output, wrong);
                return EXIT_STATUS_GENERIC;
        }
        return log_tail_run(context, &tail, &(LogSource){}, NAME);
}

const Command command_maintail = {
        .name = "maintail",
        .synopsis = "[-N | -f]",
        .summary = "Print the end of the daemon's own log",
        .details = "    As tail does for a process.",
        .max_arguments = COMMAND_ANY_NUMBER,
        .missing_status = EXIT_STATUS_GENERIC,
        .run = run_maintail,
};
