/* Asking a daemon to end that is ending already is no failure: the caller gets what he wants.
 * Likewise when a private bus goes down with its daemon before the answer is through. */

#include "bus/cleanup.h"
#include "bus/names.h"
#include "tools/ctl/command.h"
#include "tools/ctl/json-text.h"

#define SHUTDOWN_ACTION "shut down busvisord"
#define QUESTION        "Really shut the remote supervisord process down y/N? "

static bool ask_for_shutdown(Client *client, GError **error)
{
        g_autoptr(sd_bus_message) call = NULL;
        g_autoptr(sd_bus_message) reply = NULL;
        int r = client_new_call(client, BUS_INTERFACE_MANAGER, "Shutdown", &call);

        if (r < 0) {
                client_set_error(NULL, r, SHUTDOWN_ACTION, error);
                return false;
        }
        return client_call(client, call, CLIENT_TIMEOUT, SHUTDOWN_ACTION, &reply, error);
}

static void tell_done(const Context *context, const char *line)
{
        output_line(context->output, line);
        if (context->output->json)
                json_text_print_action(context->output, "shutdown", "shutting-down");
}

static ExitStatus run_shutdown(Context *context, char **arguments)
{
        g_autoptr(GError) error = NULL;

        if (context->reader && !line_reader_ask(context->reader, QUESTION))
                return EXIT_STATUS_FINE;
        if (ask_for_shutdown(context->client, &error) ||
                        g_error_matches(error, FAILURE, FAILURE_LOST)) {
                tell_done(context, "Shut down");
                return EXIT_STATUS_FINE;
        }
        if (!g_error_matches(error, FAILURE, FAILURE_CLOSING))
                return command_fail(error);
        tell_done(context, "ERROR: already shutting down");
        return EXIT_STATUS_FINE;
}

const Command command_shutdown = {
        .name = "shutdown",
        .synopsis = "",
        .summary = "Stop all processes and end the daemon",
        .missing_status = EXIT_STATUS_GENERIC,
        .run = run_shutdown,
};
