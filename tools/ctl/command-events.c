/* What happened: the event log, and on request what happens from now on. */

#include "tools/ctl/command.h"
#include "tools/ctl/event-show.h"

static ExitStatus run_events(Context *context, char **arguments)
{
        g_auto(EventQuery) query = { 0 };
        g_autoptr(GError) error = NULL;

        if (!event_query_init(&query, &context->arguments->events, g_get_real_time(), &error))
                return command_fail(error);
        return event_show(context, &query);
}

const Command command_events = {
        .name = "events",
        .synopsis = "[--since WHEN] [--until WHEN] [-n N] [--follow] [--type TYPE,...]\n"
                    "       [--process PATTERN,...] [--group PATTERN,...] [--reverse] [--json]",
        .summary = "Show the events that have happened",
        .details = "    All that the daemon has kept, or those from WHEN on (a serial, or a time\n"
                   "    such as 14:03, yesterday, -5min or '2026-11-26 14:03:07'), or the last N.\n"
                   "    With --follow also those that happen, until it is interrupted. TYPE is a\n"
                   "    type as in the configuration; PATTERN may have *, ? and [a-z] in it.",
        .missing_status = EXIT_STATUS_GENERIC,
        .takes_events = true,
        .run = run_events,
};
