/* On the command line there is nothing to leave; an empty line is all that Supervisor prints there
 * too. */

#include "tools/ctl/command.h"

static ExitStatus run_exit(Context *context, char **arguments)
{
        context->is_over = true;
        output_raw(context->output, "");
        return EXIT_STATUS_FINE;
}

const Command command_exit = {
        .name = "exit",
        .synopsis = "",
        .summary = "Leave the shell",
        .max_arguments = COMMAND_ANY_NUMBER,
        .missing_status = EXIT_STATUS_GENERIC,
        .refuses_json = true,
        .without_daemon = true,
        .run = run_exit,
};

const Command command_quit = {
        .name = "quit",
        .synopsis = "",
        .summary = "Leave the shell",
        .max_arguments = COMMAND_ANY_NUMBER,
        .missing_status = EXIT_STATUS_GENERIC,
        .refuses_json = true,
        .without_daemon = true,
        .run = run_exit,
};
