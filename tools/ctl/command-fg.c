/* What is wrong is told in the words of Supervisor's fg, which are others than those of its other
 * commands. */

#include <string.h>

#include "tools/ctl/foreground.h"

/* NULL unless name means just one process. */
static const ProcessEntry *find_one(const GPtrArray *list, const char *name)
{
        g_autoptr(GPtrArray) selection = g_ptr_array_new();
        g_autofree char *group = process_name_group(name);

        if (group || strcmp(name, "all") == 0)
                return NULL;
        process_list_select(list, name, selection);
        return selection->len == 1 ? selection->pdata[0] : NULL;
}

static ExitStatus refuse(const Context *context, const char *why)
{
        output_failure(context->output, why);
        return EXIT_STATUS_GENERIC;
}

static ExitStatus run_fg(Context *context, char **arguments)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) list = NULL;
        const ProcessEntry *entry;

        if (!arguments[0])
                return command_misused(&command_fg, context, "ERROR: no process name supplied");
        if (arguments[1])
                return refuse(context, "ERROR: too many process names supplied");
        list = process_list_read(context->client, &error);
        if (!list)
                return command_fail(error);
        entry = find_one(list, arguments[0]);
        if (!entry)
                return refuse(context, "ERROR: bad process name supplied");
        if (entry->state != PROCESS_RUNNING)
                return refuse(context, "ERROR: process not running");
        return foreground_run(context, entry);
}

const Command command_fg = {
        .name = "fg",
        .synopsis = "NAME",
        .summary = "Show what a process writes, and give it the lines typed",
        .details = "    Begins with the last 1024 bytes of its logs. Ends with the process, at\n"
                   "    the end of the input, or by Ctrl-C; the latter two leave it alone.",
        .max_arguments = COMMAND_ANY_NUMBER,
        .missing_status = EXIT_STATUS_GENERIC,
        .goes_on = true,
        .first_argument = COMPLETES_PROCESS,
        .run = run_fg,
};
