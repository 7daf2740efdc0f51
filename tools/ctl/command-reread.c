/* As with Supervisor nothing that runs is changed; unlike there, nothing at all is. */

#include "tools/ctl/command.h"
#include "tools/ctl/plan-failure.h"
#include "tools/ctl/plan-table.h"

static ExitStatus run_reread(Context *context, char **arguments)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Plan) plan = plan_read(context->client, &error);
        char *const all[] = { NULL };

        if (!plan)
                return plan_fail(context->output, error, "ERROR: supervisor shutting down");
        if (context->arguments->json) {
                g_autofree char *json = plan_table_to_json(plan, all);

                output_raw(context->output, json);
        } else {
                plan_table_print(context->output, plan, all, context->arguments->verbose);
        }
        return EXIT_STATUS_FINE;
}

const Command command_reread = {
        .name = "reread",
        .synopsis = "",
        .summary = "Show what an update would change",
        .details = "    Reads the configuration file and changes nothing. With --verbose:\n"
                   "    what would be done with which process, and why.",
        .missing_status = EXIT_STATUS_GENERIC,
        .takes_verbose = true,
        .run = run_reread,
};
