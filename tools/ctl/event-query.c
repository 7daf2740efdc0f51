/* A bare number is a serial: moments as numbers, which nobody types, have their @. */

#include "tools/ctl/event-query.h"

#include <string.h>

#include "tools/ctl/event-time.h"
#include "tools/ctl/failure.h"

/* As tail and journalctl. */
#define LINES_BEFORE_FOLLOWING 10

/* The words of all lists, without blanks around them. NULL-terminated. */
static char **split_lists(char *const *lists)
{
        GPtrArray *items = g_ptr_array_new();

        for (; lists && *lists; lists++) {
                g_auto(GStrv) parts = g_strsplit(*lists, ",", -1);

                for (char **part = parts; *part; part++)
                        if (*g_strstrip(*part))
                                g_ptr_array_add(items, g_strdup(*part));
        }
        g_ptr_array_add(items, NULL);
        return (char **)g_ptr_array_free(items, false);
}

char **event_query_read_types(char *const *words, GError **error)
{
        g_auto(GStrv) names = split_lists(words);
        const char *unknown, *nearest;
        EventTypeSet unused;

        for (char **name = names; *name; name++) {
                char *upper = g_ascii_strup(*name, -1);

                g_free(*name);
                *name = upper;
        }
        if (event_type_set_from_strings((const char *const *)names, &unused, &unknown))
                return g_steal_pointer(&names);
        nearest = event_type_nearest(unknown);
        g_set_error(error, FAILURE, FAILURE_USAGE, "unknown event type %s%s%s%s", unknown,
                        nearest ? "; did you mean " : "", nearest ? nearest : "",
                        nearest ? "?" : "");
        return NULL;
}

static bool is_number(const char *text)
{
        return *text && strspn(text, "0123456789") == strlen(text);
}

static bool read_bound(const char *text, uint64_t now_usec, EventBound *ret, GError **error)
{
        if (!text)
                return true;
        ret->kind = is_number(text) ? EVENT_BOUND_SERIAL : EVENT_BOUND_TIME;
        if (ret->kind == EVENT_BOUND_TIME)
                return event_time_parse(text, now_usec, &ret->value, error);
        if (g_ascii_string_to_unsigned(text, 10, 0, INT64_MAX, &ret->value, NULL))
                return true;
        g_set_error(error, FAILURE, FAILURE_USAGE, "%.40s is too large for a serial", text);
        return false;
}

static bool read_lines(const EventOptions *options, uint64_t *ret, GError **error)
{
        *ret = options->follow && !options->since ? LINES_BEFORE_FOLLOWING : EVENT_QUERY_ALL;
        if (!options->lines)
                return true;
        if (strcmp(options->lines, "all") == 0) {
                *ret = EVENT_QUERY_ALL;
                return true;
        }
        if (g_ascii_string_to_unsigned(options->lines, 10, 0, INT64_MAX, ret, NULL))
                return true;
        g_set_error(error, FAILURE, FAILURE_USAGE,
                        "--lines takes a number or the word all, and not '%.40s'", options->lines);
        return false;
}

static bool check_sense(const EventQuery *query, GError **error)
{
        const char *wrong = NULL;

        if (query->follow && query->until.kind != EVENT_BOUND_NONE)
                wrong = "--until makes no sense with --follow";
        else if (query->follow && query->reverse)
                wrong = "--reverse makes no sense with --follow";
        else if (query->since.kind == query->until.kind && query->since.value > query->until.value)
                wrong = "--since lies behind --until";
        if (wrong)
                g_set_error_literal(error, FAILURE, FAILURE_USAGE, wrong);
        return !wrong;
}

static bool read_options(
                EventQuery *query, const EventOptions *options, uint64_t now_usec, GError **error)
{
        const char *unknown;

        query->types = event_query_read_types(options->types, error);
        if (!query->types)
                return false;
        if (query->types[0])
                (void)event_type_set_from_strings(
                                (const char *const *)query->types, &query->filter.types, &unknown);
        else
                query->filter.types = event_type_covers(EVENT_ANY);
        query->filter.processes = split_lists(options->processes);
        query->filter.groups = split_lists(options->groups);
        query->follow = options->follow;
        query->reverse = options->reverse;
        return read_lines(options, &query->lines, error) &&
               read_bound(options->since, now_usec, &query->since, error) &&
               read_bound(options->until, now_usec, &query->until, error) &&
               check_sense(query, error);
}

bool event_query_init(
                EventQuery *query, const EventOptions *options, uint64_t now_usec, GError **error)
{
        *query = (EventQuery){ 0 };
        if (read_options(query, options, now_usec, error))
                return true;
        event_query_clear(query);
        return false;
}

void event_query_clear(EventQuery *query)
{
        g_strfreev(query->types);
        event_filter_clear(&query->filter);
        *query = (EventQuery){ 0 };
}

bool event_query_passes(const EventQuery *query, const Event *event)
{
        char **processes = query->filter.processes, **groups = query->filter.groups;

        if ((processes && processes[0] && !event->process) ||
                        (groups && groups[0] && !event->group))
                return false;
        return event_filter_passes(&query->filter, event);
}
