/* Answered as soon as the daemon has found the file good; the rest happens afterwards. */

#include "bus/cleanup.h"
#include "bus/names.h"
#include "tools/ctl/command.h"
#include "tools/ctl/json-text.h"
#include "tools/ctl/plan-failure.h"

#define RELOAD_ACTION "restart everything"
#define QUESTION      "Really restart the remote supervisord process y/N? "

static bool ask_for_reload(Client *client, GError **error)
{
        g_autoptr(sd_bus_message) call = NULL;
        g_autoptr(sd_bus_message) reply = NULL;
        int r = client_new_call(client, BUS_INTERFACE_MANAGER, "Reload", &call);

        if (r < 0) {
                client_set_error(NULL, r, RELOAD_ACTION, error);
                return false;
        }
        return client_call(client, call, CLIENT_TIMEOUT, RELOAD_ACTION, &reply, error);
}

static void tell_done(const Context *context, const char *line)
{
        output_line(context->output, line);
        if (context->output->json)
                json_text_print_action(context->output, "reload", "restarting");
}

static ExitStatus run_reload(Context *context, char **arguments)
{
        g_autoptr(GError) error = NULL;

        if (context->reader && !line_reader_ask(context->reader, QUESTION))
                return EXIT_STATUS_FINE;
        if (!ask_for_reload(context->client, &error))
                return plan_fail(context->output, error, "ERROR: already shutting down");
        tell_done(context, "Restarted supervisord");
        return EXIT_STATUS_FINE;
}

const Command command_reload = {
        .name = "reload",
        .synopsis = "",
        .summary = "Stop everything, read the configuration and start anew",
        .details = "    Does not wait for it. A configuration that cannot be used leaves\n"
                   "    everything running. The daemon itself goes on.",
        .missing_status = EXIT_STATUS_GENERIC,
        .run = run_reload,
};
