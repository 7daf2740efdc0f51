/* Goes on until somebody ends it. */

#include "tools/ctl/command.h"
#include "tools/ctl/event-log-page.h"
#include "tools/ctl/event-show.h"

static ExitStatus run_monitor(Context *context, char **arguments)
{
        g_auto(EventQuery) query = { .follow = true };
        g_autoptr(GError) error = NULL;

        query.types = event_query_read_types(arguments, &error);
        if (!query.types)
                return command_fail(error);
        if (!query.types[0]) {
                g_strfreev(query.types);
                query.types = g_strdupv((char **)event_log_page_public_types);
        }
        query.filter.types = event_type_covers(EVENT_ANY);
        return event_show(context, &query);
}

const Command command_monitor = {
        .name = "monitor",
        .synopsis = "[EVENT...]",
        .summary = "Show events as they happen, until it is interrupted",
        .details = "    EVENT is a type as in the configuration, such as TICK_60.\n"
                   "    Without any, those are shown that need no special right.",
        .max_arguments = COMMAND_ANY_NUMBER,
        .missing_status = EXIT_STATUS_GENERIC,
        .goes_on = true,
        .first_argument = COMPLETES_EVENT,
        .more_arguments = COMPLETES_EVENT,
        .run = run_monitor,
};
