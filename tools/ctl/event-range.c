/* The daemon reads its log forwards only. From the end it goes by windows, each read forwards:
 * small ones at first, as most who ask for the end want little of it, then larger ones, since few
 * events may pass.
 *
 * Serials have gaps where events are not for us, so a window of so many serials may have fewer
 * events, but never more. */

#include "tools/ctl/event-range.h"

#include "bus/cleanup.h"
#include "bus/names.h"
#include "tools/ctl/event-log-page.h"
#include "tools/ctl/output.h"

#define FIRST_WINDOW 64
#define MAX_WINDOW   16384
/* Of events that are kept to be shown in the other order. */
#define MAX_KEPT_BYTES (16 * 1024 * 1024)

#define FIND_ACTION "find the time in the event log"

/* The serial of the last event before that time. */
static bool find_serial(Client *client, uint64_t usec, uint64_t *ret, GError **error)
{
        g_autoptr(sd_bus_message) call = NULL;
        g_autoptr(sd_bus_message) reply = NULL;
        int r = client_new_call(client, BUS_INTERFACE_EVENTS, "FindSerial", &call);

        if (r >= 0)
                r = sd_bus_message_append(call, "t", usec);
        if (r >= 0 && !client_call(client, call, CLIENT_TIMEOUT, FIND_ACTION, &reply, error))
                return false;
        if (r >= 0)
                r = sd_bus_message_read(reply, "t", ret);
        if (r < 0)
                client_set_error(NULL, r, FIND_ACTION, error);
        return r >= 0;
}

static bool get_serial(Client *client, const char *property, uint64_t *ret, GError **error)
{
        g_autoptr(sd_bus_message) reply = NULL;

        return client_get_property(client, BUS_INTERFACE_EVENTS, property, &reply, error, "t", ret);
}

/* Who goes on from a serial that is not reached yet may be wrong about the log. */
static void tell_future(uint64_t serial, uint64_t next)
{
        g_autofree char *text = NULL;

        if (serial <= next)
                return;
        text = g_strdup_printf("event %" G_GUINT64_FORMAT
                               " is yet to come, the next one is %" G_GUINT64_FORMAT,
                        serial, next);
        output_error(text);
}

/* Whether there was anything between the time and the oldest event, nobody knows. */
static void tell_beginning(const EventRange *range)
{
        g_autofree char *text = NULL;

        if (range->oldest <= 1 || range->after + 1 > range->oldest)
                return;
        text = g_strdup_printf("events before %" G_GUINT64_FORMAT " are no longer in the event log",
                        range->oldest);
        output_error(text);
}

static bool find_beginning(EventRange *range, GError **error)
{
        const EventBound *since = &range->query->since;

        switch (since->kind) {
        case EVENT_BOUND_NONE:
                break;
        case EVENT_BOUND_SERIAL:
                tell_future(since->value, range->last + 1);
                range->after = since->value > 0 ? since->value - 1 : 0;
                break;
        case EVENT_BOUND_TIME:
                if (!find_serial(range->client, since->value, &range->after, error))
                        return false;
                tell_beginning(range);
                break;
        }
        return true;
}

static bool find_end(EventRange *range, GError **error)
{
        const EventBound *until = &range->query->until;
        uint64_t next;

        if (!get_serial(range->client, "OldestSerial", &range->oldest, error) ||
                        !get_serial(range->client, "NextSerial", &next, error))
                return false;
        range->last = next > 0 ? next - 1 : 0;
        if (until->kind == EVENT_BOUND_SERIAL)
                range->last = MIN(range->last, until->value);
        if (until->kind == EVENT_BOUND_TIME)
                return find_serial(range->client, until->value + 1, &range->last, error);
        return true;
}

bool event_range_init(EventRange *range, Client *client, const EventQuery *query, GError **error)
{
        *range = (EventRange){
                .client = client,
                .query = query,
                .types = (const char *const *)query->types,
        };
        if (!query->types[0] && !event_log_page_visible_types(client, &range->types, error))
                return false;
        return find_end(range, error) && find_beginning(range, error);
}

/* Reads one page, and makes the range what is left of it. */
static bool walk_page(EventRange *left, EventVisitor visitor, void *userdata, GError **error)
{
        g_auto(EventLogPage) page = { 0 };
        uint32_t max = MIN(left->last - left->after, UINT32_MAX);
        uint64_t before = left->after;

        if (!event_log_page_read(left->client, left->after, left->types, max, &page, error))
                return false;
        event_log_page_tell_gap(&page);
        while (left->after < left->last) {
                g_autoptr(Event) event = NULL;

                if (!event_log_page_next(&page, &event, error))
                        return false;
                if (!event)
                        break;
                left->after = MIN(event->serial, left->last);
                if (event->serial <= left->last && event_query_passes(left->query, event) &&
                                !visitor(event, userdata))
                        left->after = left->last;
        }
        if (left->after == before) /* there is nothing more */
                left->after = left->last;
        return true;
}

bool event_range_walk(const EventRange *range, EventVisitor visitor, void *userdata, GError **error)
{
        EventRange left = *range;

        while (left.after < left.last)
                if (!walk_page(&left, visitor, userdata, error))
                        return false;
        return true;
}

/* From the end: a window is what is left of the range up to its beginning, or less. */

static void tell_what_is_gone(const EventRange *range)
{
        const EventLogPage page = { .after = range->after, .oldest = range->oldest };

        event_log_page_tell_gap(&page);
}

/* The serial before the first one that can be there. */
static uint64_t floor_of(const EventRange *range)
{
        return MAX(range->after, range->oldest > 0 ? range->oldest - 1 : 0);
}

static EventRange last_window(const EventRange *range, uint64_t width)
{
        EventRange window = *range;

        window.after = range->last - MIN(width, range->last - floor_of(range));
        return window;
}

static bool collect_serial(const Event *event, void *userdata)
{
        GArray *serials = userdata;

        g_array_append_val(serials, event->serial);
        return true;
}

bool event_range_keep_last(EventRange *range, uint64_t count, GError **error)
{
        g_autoptr(GArray) serials = g_array_new(false, false, sizeof(uint64_t));
        EventRange left = *range;

        tell_what_is_gone(range);
        for (uint64_t width = FIRST_WINDOW; count > 0 && left.last > floor_of(&left);
                        width = MIN(width * 2, MAX_WINDOW)) {
                EventRange window = last_window(&left, width);

                g_array_set_size(serials, 0);
                if (!event_range_walk(&window, collect_serial, serials, error))
                        return false;
                if (serials->len >= count) {
                        range->after = g_array_index(serials, uint64_t, serials->len - count) - 1;
                        return true;
                }
                count -= serials->len;
                left.last = window.after;
        }
        range->after = count > 0 ? floor_of(range) : range->last;
        return true;
}

typedef struct Kept {
        GQueue events; /* of Event */
        size_t bytes;
        uint64_t dropped; /* serial of the last one that there was no room for; 0 = none */
} Kept;

static void free_event(void *event)
{
        event_unref(event);
}

static void kept_clear(Kept *kept)
{
        g_queue_clear_full(&kept->events, free_event);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Kept, kept_clear)

static bool keep(const Event *event, void *userdata)
{
        Kept *kept = userdata;

        g_queue_push_tail(&kept->events, event_ref(event));
        kept->bytes += event_size(event);
        while (kept->bytes > MAX_KEPT_BYTES && kept->events.length > 1) {
                g_autoptr(Event) first = g_queue_pop_head(&kept->events);

                kept->bytes -= event_size(first);
                kept->dropped = first->serial;
        }
        return true;
}

/* False when the visitor has seen enough. */
static bool visit_back(Kept *kept, EventVisitor visitor, void *userdata)
{
        Event *event;
        bool goes_on = true;

        while (goes_on && (event = g_queue_pop_tail(&kept->events))) {
                goes_on = visitor(event, userdata);
                event_unref(event);
        }
        return goes_on;
}

bool event_range_walk_back(
                const EventRange *range, EventVisitor visitor, void *userdata, GError **error)
{
        EventRange left = *range;

        tell_what_is_gone(range);
        for (uint64_t width = FIRST_WINDOW; left.last > floor_of(&left);
                        width = MIN(width * 2, MAX_WINDOW)) {
                EventRange window = last_window(&left, width);
                g_auto(Kept) kept = { .events = G_QUEUE_INIT };

                if (!event_range_walk(&window, keep, &kept, error))
                        return false;
                if (!visit_back(&kept, visitor, userdata))
                        return true;
                left.last = kept.dropped > 0 ? kept.dropped : window.after;
        }
        return true;
}
