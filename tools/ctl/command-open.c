/* Supervisor's open wants the URL of an HTTP server; here it is the address of a bus. What cannot
 * be one is refused before the daemon that is talked to is given up for it. */

#include "tools/ctl/command.h"
#include "tools/ctl/find-daemon.h"

static ExitStatus run_open(Context *context, char **arguments)
{
        if (!find_daemon_is_bus(arguments[0])) {
                output_failure(context->output, "ERROR: address must be a D-Bus address "
                                                "(unix:path=...), system or user");
                return EXIT_STATUS_GENERIC;
        }
        client_switch(context->client, arguments[0]);
        command_run(&command_status, context, (char *[]){ NULL });
        return EXIT_STATUS_FINE;
}

const Command command_open = {
        .name = "open",
        .synopsis = "ADDRESS",
        .summary = "Talk to another daemon from now on, and show its processes",
        .details = "    ADDRESS is that of its bus, such as\n"
                   "    unix:path=/run/busvisor/web1/bus/socket, or system or user.",
        .min_arguments = 1,
        .max_arguments = 1,
        .required = "an address",
        .missing_status = EXIT_STATUS_GENERIC,
        .without_daemon = true,
        .run = run_open,
};
