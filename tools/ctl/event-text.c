/* Which fields an event has is told by its fields themselves (a process event has a process, a tick
 * a period), so that no switch over 27 types is needed. */

#include "config.h"

#include "tools/ctl/event-text.h"

#include <string.h>
#include <time.h>

#include "tools/ctl/process-list.h"

/* Columns are as wide as most of what stands in them. On a terminal that would cut the details,
 * they are as wide as those most often seen. */
#define WIDE                 130
#define TYPE_WIDTH           32
#define SUBJECT_WIDTH        24
#define NARROW_TYPE_WIDTH    23
#define NARROW_SUBJECT_WIDTH 12

char *event_text_time(uint64_t realtime_usec)
{
        time_t seconds = realtime_usec / G_USEC_PER_SEC;
        unsigned milliseconds = realtime_usec % G_USEC_PER_SEC / 1000;
        struct tm local;
        char text[sizeof "-2147483648-01-01 00:00:00"];

        if (!localtime_r(&seconds, &local) ||
                        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &local) == 0)
                return g_strdup("(no time)");
        return g_strdup_printf("%s.%03u", text, milliseconds);
}

char *event_text_subject(const Event *event)
{
        if (event->process)
                return process_display_name(event->group, event->process);
        if (event->group)
                return g_strdup(event->group);
        return g_strdup(event->remote_type ? event->remote_type : "");
}

/* NULL for events that are no state of a process. */
static const char *state_before(const Event *event)
{
        return event_process_state(event) == _PROCESS_STATE_INVALID
                               ? NULL
                               : process_state_to_string(event->from_state);
}

G_GNUC_PRINTF(2, 3)
static void add_detail(GString *details, const char *format, ...)
{
        va_list arguments;

        if (details->len > 0)
                g_string_append(details, ", ");
        va_start(arguments, format);
        g_string_append_vprintf(details, format, arguments);
        va_end(arguments);
}

static void add_end_of_process(GString *details, const Event *event)
{
        const char *signal_name;

        if (event->exit_code >= 0)
                add_detail(details, "exit code %d", event->exit_code);
        if (event->term_signal > 0) {
                signal_name = sigabbrev_np(event->term_signal);
                if (signal_name)
                        add_detail(details, "killed by SIG%s", signal_name);
                else
                        add_detail(details, "killed by signal %d", event->term_signal);
        }
        if (event->type == EVENT_PROCESS_STATE_EXITED)
                add_detail(details, event->expected ? "expected" : "unexpected");
}

/* What is no text is told byte by byte; controls, which a terminal would obey, are left to Output.
 */
static void append_piece(GString *text, const char *piece, size_t size)
{
        for (size_t i = 0; i < size; i++) {
                if (piece[i] == '"' || piece[i] == '\\')
                        g_string_append_c(text, '\\');
                g_string_append_c(text, piece[i]);
        }
}

static void add_data(GString *details, GBytes *data)
{
        gsize left;
        const char *bytes = g_bytes_get_data(data, &left);
        g_autoptr(GString) text = g_string_new(NULL);

        while (left > 0) {
                const char *end;
                size_t valid;

                g_utf8_validate(bytes, left, &end);
                valid = end - bytes;
                append_piece(text, bytes, valid);
                if (valid < left)
                        g_string_append_printf(text, "\\x%02x", (guchar)*end++);
                left -= end - bytes;
                bytes = end;
        }
        add_detail(details, "\"%s\"", text->str);
}

/* What tells most comes first: a terminal may have no room for all. */
char *event_text_details(const Event *event)
{
        GString *details = g_string_new(NULL);

        add_end_of_process(details, event);
        if (state_before(event))
                add_detail(details, "from %s", state_before(event));
        if (event->pid > 0)
                add_detail(details, "pid %ld", (long)event->pid);
        if (event->tries > 0)
                add_detail(details, "try %u", event->tries);
        if (event->tick_period > 0)
                add_detail(details, "when %" G_GUINT64_FORMAT, event->tick_when);
        if (event->asked_by)
                add_detail(details, "asked by %s", event->asked_by);
        if (event->data)
                add_data(details, event->data);
        return g_string_free(details, false);
}

static Color color_of_event(const Event *event)
{
        switch (event_process_state(event)) {
        case PROCESS_RUNNING:
                return COLOR_GOOD;
        case PROCESS_STARTING:
        case PROCESS_STOPPING:
                return COLOR_BUSY;
        case PROCESS_BACKOFF:
        case PROCESS_FATAL:
        case PROCESS_UNKNOWN:
                return COLOR_BAD;
        case PROCESS_EXITED:
                return event->expected ? COLOR_NONE : COLOR_BAD;
        case PROCESS_STOPPED:
        case _PROCESS_STATE_MAX:
        case _PROCESS_STATE_INVALID:
                break;
        }
        return event->tick_period > 0 ? COLOR_FAINT : COLOR_NONE;
}

void event_text_print(const Output *output, const Event *event)
{
        g_autofree char *time_text = event_text_time(event->realtime_usec);
        g_autofree char *subject = event_text_subject(event);
        g_autofree char *details = event_text_details(event);
        g_autofree char *head =
                        g_strdup_printf("%s %6" G_GUINT64_FORMAT "  ", time_text, event->serial);
        bool is_narrow = output->width > 0 && output->width < WIDE;
        g_autofree char *type = g_strdup_printf("%-*s ", is_narrow ? NARROW_TYPE_WIDTH : TYPE_WIDTH,
                        event_type_to_string(event->type));
        int width = is_narrow ? NARROW_SUBJECT_WIDTH : SUBJECT_WIDTH;
        g_autofree char *who = *subject && *details ? g_strdup_printf("%-*s  ", width, subject)
                                                    : g_strdup(subject);
        const Piece pieces[] = {
                { head, COLOR_FAINT },
                { type, color_of_event(event) },
                { who, COLOR_NONE },
                { details, COLOR_NONE },
        };

        output_pieces(output, pieces, G_N_ELEMENTS(pieces));
}
