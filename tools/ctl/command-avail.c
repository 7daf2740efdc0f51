/* Supervisor shows the configuration that it has read last; here it is read for this. */

#include "tools/ctl/command.h"
#include "tools/ctl/configuration-list.h"
#include "tools/ctl/plan-failure.h"

static ExitStatus run_avail(Context *context, char **arguments)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) list = configuration_list_read(context->client, &error);
        unsigned width;

        if (!list)
                return plan_fail(context->output, error, "ERROR: supervisor shutting down");
        if (context->arguments->json) {
                g_autofree char *json = configuration_list_to_json(list);

                output_raw(context->output, json);
                return EXIT_STATUS_FINE;
        }
        width = configuration_list_name_width(list, context->output->width);
        for (unsigned i = 0; i < list->len; i++) {
                g_autofree char *line = configuration_entry_line(list->pdata[i], width);

                output_line(context->output, line);
        }
        return EXIT_STATUS_FINE;
}

const Command command_avail = {
        .name = "avail",
        .synopsis = "",
        .summary = "Show all processes that are configured",
        .details = "    Whether their group is in use, whether they start by themselves, and\n"
                   "    the priorities of group and process, as the file has them now.",
        .missing_status = EXIT_STATUS_GENERIC,
        .run = run_avail,
};
