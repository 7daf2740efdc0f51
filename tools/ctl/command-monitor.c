/* Goes on until somebody ends it. */

#include <stdio.h>
#include <string.h>

#include "bus/cleanup.h"
#include "bus/event-json.h"
#include "tools/ctl/command.h"
#include "tools/ctl/event-stream.h"
#include "tools/ctl/event-text.h"
#include "tools/ctl/loop.h"

static void print_event(const Event *event, void *userdata)
{
        const Context *context = userdata;
        g_autofree char *json = NULL;

        if (context->arguments->json) {
                json = event_to_json_line(event);
                output_raw(context->output, json);
        } else {
                event_text_print(context->output, event);
        }
        /* Whoever reads this through a pipe wants to see it now. */
        fflush(stdout);
}

/* Names of types as Supervisor writes them, in upper case. */
static char **read_types(char **arguments, GError **error)
{
        GPtrArray *types = g_ptr_array_new();
        g_auto(GStrv) names = NULL;
        EventTypeSet unused;
        const char *unknown;

        for (; *arguments; arguments++)
                g_ptr_array_add(types, g_ascii_strup(*arguments, -1));
        g_ptr_array_add(types, NULL);
        names = (char **)g_ptr_array_free(types, false);
        if (event_type_set_from_strings((const char *const *)names, &unused, &unknown))
                return g_steal_pointer(&names);
        g_set_error(error, FAILURE, FAILURE_USAGE, "unknown event type %s", unknown);
        return NULL;
}

static ExitStatus run_loop(Context *context, sd_event *loop, char **types)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(EventStream) stream = event_stream_new(
                        context->client, loop, (const char *const *)types, print_event, context);
        int r;

        if (!event_stream_start(stream, &error))
                return command_fail(error);
        r = sd_event_loop(loop);
        if (r < 0) {
                client_set_error(NULL, r, "watch the bus", &error);
                return command_fail(error);
        }
        /* The next prompt is not to stand behind a ^C. */
        if (context->reader)
                output_raw(context->output, "");
        return EXIT_STATUS_FINE;
}

static ExitStatus run_monitor(Context *context, char **arguments)
{
        g_autoptr(GError) error = NULL;
        g_auto(GStrv) types = read_types(arguments, &error);
        g_autoptr(sd_event) loop = NULL;
        int r;

        if (!types)
                return command_fail(error);
        r = loop_new(&loop);
        if (r < 0) {
                client_set_error(NULL, r, "watch the bus", &error);
                return command_fail(error);
        }
        return run_loop(context, loop, types);
}

const Command command_monitor = {
        .name = "monitor",
        .synopsis = "[EVENT...]",
        .summary = "Show events as they happen, until it is interrupted",
        .details = "    EVENT is a type as in the configuration, such as TICK_60.\n"
                   "    Without any, those are shown that need no special right.",
        .max_arguments = COMMAND_ANY_NUMBER,
        .missing_status = EXIT_STATUS_GENERIC,
        .takes_json = true,
        .first_argument = COMPLETES_EVENT,
        .more_arguments = COMPLETES_EVENT,
        .run = run_monitor,
};
