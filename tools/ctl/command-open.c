/* Supervisor's open wants the URL of an HTTP server; here it is the address of a bus. What cannot
 * be one is refused before the daemon that is talked to is given up for it. */

#include <string.h>

#include "tools/ctl/command.h"

/* What sd-bus can connect to, and the two that have no address. */
static bool is_address(const char *text)
{
        static const char *const transports[] = {
                "unix:path=", "unix:abstract=", "tcp:host=", "unixexec:path=", "x-machine-unix:"
        };

        if (strcmp(text, "system") == 0 || strcmp(text, "user") == 0)
                return true;
        for (size_t i = 0; i < G_N_ELEMENTS(transports); i++)
                if (g_str_has_prefix(text, transports[i]))
                        return true;
        return false;
}

static ExitStatus run_open(Context *context, char **arguments)
{
        if (!is_address(arguments[0])) {
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
