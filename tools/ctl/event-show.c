/* Without following, signals end the program as any other, but for the shell, which is to go on:
 * there they are looked for between two events. */

#include "tools/ctl/event-show.h"

#include <stdio.h>

#include "bus/cleanup.h"
#include "bus/event-json.h"
#include "tools/ctl/event-log-page.h"
#include "tools/ctl/event-range.h"
#include "tools/ctl/event-stream.h"
#include "tools/ctl/event-text.h"
#include "tools/ctl/loop.h"

typedef struct Show {
        const Context *context;
        const EventQuery *query;
        sd_event *loop;  /* NULL = no need for one */
        uint64_t n_left; /* of the events to be shown */
} Show;

static void print_event(const Context *context, const Event *event)
{
        g_autofree char *json = NULL;

        if (context->arguments->json) {
                json = event_to_json_line(event);
                output_raw(context->output, json);
        } else {
                event_text_print(context->output, event);
        }
}

static bool on_logged(const Event *event, void *userdata)
{
        Show *show = userdata;

        if (show->n_left == 0 || ferror(stdout) || loop_is_ending(show->loop))
                return false;
        print_event(show->context, event);
        show->n_left--;
        return true;
}

static void on_event(const Event *event, void *userdata)
{
        Show *show = userdata;

        if (ferror(stdout) || !event_query_passes(show->query, event))
                return;
        print_event(show->context, event);
        /* Whoever reads this through a pipe wants to see it now. */
        if (fflush(stdout) != 0)
                sd_event_exit(show->loop, 0);
}

static bool fail(int r, GError **error)
{
        client_set_error(NULL, r, "watch the bus", error);
        return false;
}

static bool follow(Show *show, const EventRange *range, GError **error)
{
        g_autoptr(EventStream) stream = event_stream_new(
                        show->context->client, show->loop, range->types, on_event, show);
        int r = loop_end_with_reader(show->loop);

        if (r >= 0)
                r = loop_end_at(show->loop, client_deadline(show->context->client));
        if (r < 0)
                return fail(r, error);
        if (!event_stream_start(stream, range->after, error))
                return false;
        r = event_stream_run(stream);
        if (r < 0)
                return fail(r, error);
        /* The next prompt is not to stand behind a ^C. */
        if (show->context->reader)
                output_raw(show->context->output, "");
        return true;
}

/* To a person, who may wonder. */
static void tell_what_is_left_out(const Show *show, const EventRange *range)
{
        if (range->types == event_log_page_public_types && show->context->output->is_watched)
                output_error("output and communication are left out: only root and the user that "
                             "busvisord runs as may see them");
}

static bool show_range(Show *show, GError **error)
{
        const EventQuery *query = show->query;
        EventRange range;

        if (!event_range_init(&range, show->context->client, query, error))
                return false;
        tell_what_is_left_out(show, &range);
        if (query->reverse)
                return event_range_walk_back(&range, on_logged, show, error);
        if (query->lines != EVENT_QUERY_ALL && !event_range_keep_last(&range, query->lines, error))
                return false;
        if (query->follow)
                return follow(show, &range, error);
        return event_range_walk(&range, on_logged, show, error);
}

ExitStatus event_show(Context *context, const EventQuery *query)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(sd_event) loop = NULL;
        Show show = { .context = context, .query = query, .n_left = query->lines };
        int r;

        if (query->follow && context->arguments->no_block)
                return command_refuse("--no-block", "what goes on until it is ended");
        r = query->follow || context->reader ? loop_new(&loop) : 0;
        show.loop = loop;
        if (r >= 0 && query->follow)
                r = client_set_loop(context->client, loop);
        if (r < 0)
                fail(r, &error);
        if (r >= 0 && (show_range(&show, &error) || (query->follow && loop_is_over(loop))))
                return EXIT_STATUS_FINE;
        return command_fail(error);
}
