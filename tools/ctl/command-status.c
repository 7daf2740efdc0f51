/* One question to the daemon, whatever the names; they are picked out here, as Supervisor does, so
 * that the lines are of one moment. */

#include "tools/ctl/command.h"
#include "tools/ctl/process-list.h"
#include "tools/ctl/status-table.h"

static void tell_unknown(const Context *context, const char *name)
{
        g_autofree char *group = process_name_group(name);
        g_autofree char *text = g_strdup_printf("%s: ERROR (no such %s)", group ? group : name,
                        group ? "group" : "process");

        output_failure(context->output, text);
}

static bool is_any_stopped(const GPtrArray *selection)
{
        for (unsigned i = 0; i < selection->len; i++) {
                const ProcessEntry *entry = selection->pdata[i];

                if (process_state_is_stopped(entry->state))
                        return true;
        }
        return false;
}

static void print(const Context *context, const GPtrArray *selection)
{
        uint64_t now_usec = g_get_real_time();

        if (context->arguments->json) {
                g_autofree char *json = status_table_to_json(selection, now_usec);

                output_raw(context->output, json);
        } else {
                status_table_print(context->output, selection, now_usec);
        }
}

static ExitStatus run_status(Context *context, char **arguments)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) list = process_list_read(context->client, &error);
        g_autoptr(GPtrArray) unknown = g_ptr_array_new();
        g_autoptr(GPtrArray) selection = NULL;

        if (!list)
                return command_fail(error);
        selection = process_list_select_all(list, arguments, unknown);
        for (unsigned i = 0; i < unknown->len; i++)
                tell_unknown(context, unknown->pdata[i]);
        print(context, selection);
        if (is_any_stopped(selection))
                return EXIT_STATUS_SOME_STOPPED;
        return unknown->len > 0 ? EXIT_STATUS_UNREACHABLE : EXIT_STATUS_FINE;
}

const Command command_status = {
        .name = "status",
        .synopsis = "[NAME...]",
        .summary = "Show processes and their states",
        .details = "    Exit status: 3 when one of them is stopped, 4 when a name is\n"
                   "    unknown or the daemon cannot be reached.",
        .max_arguments = COMMAND_ANY_NUMBER,
        .missing_status = EXIT_STATUS_GENERIC,
        .first_argument = COMPLETES_NAME,
        .more_arguments = COMPLETES_NAME,
        .run = run_status,
};
