/* A text is told by its place in the list of names, in which each has one place: the events of a
 * page come from few processes. 0 is no text. */

#include "bus/event-page.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/uio.h>

enum { TIME_SERIAL, TIME_REALTIME, TIME_MONOTONIC, TIME_TICK, N_TIMES };

enum {
        NUMBER_TYPE, /* texts */
        NUMBER_GROUP,
        NUMBER_PROCESS,
        NUMBER_FROM_STATE,
        NUMBER_ASKED_BY,
        NUMBER_REMOTE_TYPE,
        NUMBER_PID, /* numbers */
        NUMBER_TRIES,
        NUMBER_EXPECTED,
        NUMBER_EXIT_CODE,
        NUMBER_TERM_SIGNAL,
        NUMBER_DATA_BYTES,
        N_NUMBERS,
};

struct EventPage {
        GPtrArray *events;  /* Event; keep alive what the other members borrow from them */
        GArray *times;      /* uint64_t, N_TIMES of each */
        GArray *numbers;    /* uint32_t, N_NUMBERS of each */
        GPtrArray *names;   /* const char *, borrowed */
        GHashTable *places; /* of names */
        GArray *data;       /* struct iovec, borrowed */
        size_t bytes;
};

static void unref_event(gpointer event)
{
        event_unref(event);
}

EventPage *event_page_new(void)
{
        EventPage *page = g_new0(EventPage, 1);

        page->events = g_ptr_array_new_with_free_func(unref_event);
        page->times = g_array_new(false, false, sizeof(uint64_t));
        page->numbers = g_array_new(false, false, sizeof(uint32_t));
        page->names = g_ptr_array_new();
        page->places = g_hash_table_new(g_str_hash, g_str_equal);
        page->data = g_array_new(false, false, sizeof(struct iovec));
        return page;
}

EventPage *event_page_free(EventPage *page)
{
        if (!page)
                return NULL;
        g_hash_table_unref(page->places);
        g_ptr_array_unref(page->names);
        g_array_unref(page->data);
        g_array_unref(page->numbers);
        g_array_unref(page->times);
        g_ptr_array_unref(page->events);
        g_free(page);
        return NULL;
}

size_t event_page_n_events(const EventPage *page)
{
        return page->events->len;
}

size_t event_page_bytes(const EventPage *page)
{
        return page->bytes;
}

static uint32_t place_of(EventPage *page, const char *name)
{
        unsigned place;

        if (!name)
                return 0;
        place = GPOINTER_TO_UINT(g_hash_table_lookup(page->places, name));
        if (place > 0)
                return place;
        g_ptr_array_add(page->names, (char *)name);
        g_hash_table_insert(page->places, (char *)name, GUINT_TO_POINTER(page->names->len));
        page->bytes += strlen(name) + 8;
        return page->names->len;
}

static uint32_t add_data(EventPage *page, const Event *event)
{
        struct iovec piece = { 0 };

        if (!event->data)
                return 0;
        piece.iov_base = (void *)g_bytes_get_data(event->data, &piece.iov_len);
        if (piece.iov_len > 0)
                g_array_append_val(page->data, piece);
        page->bytes += piece.iov_len;
        return piece.iov_len;
}

static const char *from_state(const Event *event)
{
        return event_type_is_below(event->type, EVENT_PROCESS_STATE)
                               ? process_state_to_string(event->from_state)
                               : NULL;
}

void event_page_add(EventPage *page, const Event *event)
{
        const uint64_t times[N_TIMES] = { event->serial, event->realtime_usec,
                event->monotonic_usec, event->tick_when };
        const uint32_t numbers[N_NUMBERS] = {
                [NUMBER_TYPE] = place_of(page, event_type_to_string(event->type)),
                [NUMBER_GROUP] = place_of(page, event->group),
                [NUMBER_PROCESS] = place_of(page, event->process),
                [NUMBER_FROM_STATE] = place_of(page, from_state(event)),
                [NUMBER_ASKED_BY] = place_of(page, event->asked_by),
                [NUMBER_REMOTE_TYPE] = place_of(page, event->remote_type),
                [NUMBER_PID] = event->pid,
                [NUMBER_TRIES] = event->tries,
                [NUMBER_EXPECTED] = event->expected,
                [NUMBER_EXIT_CODE] = (uint32_t)event->exit_code,
                [NUMBER_TERM_SIGNAL] = event->term_signal,
                [NUMBER_DATA_BYTES] = add_data(page, event),
        };

        g_ptr_array_add(page->events, event_ref(event));
        g_array_append_vals(page->times, times, N_TIMES);
        g_array_append_vals(page->numbers, numbers, N_NUMBERS);
        page->bytes += sizeof times + sizeof numbers;
}

static int append_names(const EventPage *page, sd_bus_message *m)
{
        int r = sd_bus_message_open_container(m, 'a', "s");

        for (unsigned i = 0; r >= 0 && i < page->names->len; i++)
                r = sd_bus_message_append_basic(m, 's', page->names->pdata[i]);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

int event_page_append(const EventPage *page, sd_bus_message *m)
{
        int r;

        r = sd_bus_message_append_array(
                        m, 't', page->times->data, page->times->len * sizeof(uint64_t));
        if (r < 0)
                return r;
        r = sd_bus_message_append_array(
                        m, 'u', page->numbers->data, page->numbers->len * sizeof(uint32_t));
        if (r < 0)
                return r;
        r = append_names(page, m);
        if (r < 0)
                return r;
        return sd_bus_message_append_array_iovec(
                        m, 'y', (const struct iovec *)page->data->data, page->data->len);
}

/* Reading. */

typedef struct Columns {
        const uint64_t *times;
        const uint32_t *numbers;
        GPtrArray *names;    /* const char *, borrowed from the message */
        uint32_t type_place; /* of the last event, */
        EventType type;      /* which has this one: most are of the same */
        const char *data;
        size_t n_events, data_bytes;
} Columns;

static int read_names(sd_bus_message *m, GPtrArray *names)
{
        const char *name;
        int r = sd_bus_message_enter_container(m, 'a', "s");

        if (r < 0)
                return r;
        while ((r = sd_bus_message_read_basic(m, 's', &name)) > 0)
                g_ptr_array_add(names, (char *)name);
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int read_columns(sd_bus_message *m, Columns *columns)
{
        size_t times_bytes, numbers_bytes;
        int r;

        r = sd_bus_message_read_array(m, 't', (const void **)&columns->times, &times_bytes);
        if (r < 0)
                return r;
        r = sd_bus_message_read_array(m, 'u', (const void **)&columns->numbers, &numbers_bytes);
        if (r < 0)
                return r;
        r = read_names(m, columns->names);
        if (r < 0)
                return r;
        r = sd_bus_message_read_array(m, 'y', (const void **)&columns->data, &columns->data_bytes);
        if (r < 0)
                return r;
        columns->n_events = times_bytes / (N_TIMES * sizeof(uint64_t));
        return times_bytes == columns->n_events * N_TIMES * sizeof(uint64_t) &&
                                               numbers_bytes == columns->n_events * N_NUMBERS *
                                                                                sizeof(uint32_t)
                               ? 0
                               : -EBADMSG;
}

/* False when there is no such name. */
static bool find_name(const Columns *columns, uint32_t place, const char **ret)
{
        if (place > columns->names->len)
                return false;
        *ret = place > 0 ? columns->names->pdata[place - 1] : NULL;
        return true;
}

static bool copy_name(const Columns *columns, uint32_t place, char **ret)
{
        const char *name;

        if (!find_name(columns, place, &name))
                return false;
        *ret = g_strdup(name);
        return true;
}

static Event *new_event(Columns *columns, uint32_t place)
{
        const char *name;

        if (!find_name(columns, place, &name) || !name)
                return NULL;
        if (place != columns->type_place)
                columns->type = event_type_from_string(name);
        columns->type_place = place;
        if (columns->type == _EVENT_TYPE_INVALID || event_type_is_abstract(columns->type))
                return NULL;
        return event_new(columns->type);
}

static bool read_texts(const Columns *columns, const uint32_t *numbers, Event *event)
{
        const char *state;

        if (!find_name(columns, numbers[NUMBER_FROM_STATE], &state) ||
                        !copy_name(columns, numbers[NUMBER_GROUP], &event->group) ||
                        !copy_name(columns, numbers[NUMBER_PROCESS], &event->process) ||
                        !copy_name(columns, numbers[NUMBER_ASKED_BY], &event->asked_by) ||
                        !copy_name(columns, numbers[NUMBER_REMOTE_TYPE], &event->remote_type))
                return false;
        if (state)
                event->from_state = process_state_from_string(state);
        return event->from_state != _PROCESS_STATE_INVALID;
}

/* Is there what everybody takes for granted with such a type? */
static bool is_whole(const Event *event)
{
        bool of_group = event_type_is_below(event->type, EVENT_PROCESS_GROUP);
        bool of_process = event_type_is_below(event->type, EVENT_PROCESS_STATE) ||
                          event_type_channel(event->type);

        return (event->group || !(of_group || of_process)) && (event->process || !of_process) &&
               (event->remote_type || event->type != EVENT_REMOTE_COMMUNICATION);
}

static void read_numbers(const uint64_t *times, const uint32_t *numbers, Event *event)
{
        event->serial = times[TIME_SERIAL];
        event->realtime_usec = times[TIME_REALTIME];
        event->monotonic_usec = times[TIME_MONOTONIC];
        event->tick_when = times[TIME_TICK];
        event->tick_period = event_type_tick_period(event->type);
        event->pid = numbers[NUMBER_PID];
        event->tries = numbers[NUMBER_TRIES];
        event->expected = numbers[NUMBER_EXPECTED] != 0;
        event->exit_code = (int)numbers[NUMBER_EXIT_CODE];
        event->term_signal = numbers[NUMBER_TERM_SIGNAL];
}

/* *at: where its data is. */
static bool read_data(const Columns *columns, uint32_t size, size_t *at, Event *event)
{
        if (size > columns->data_bytes - *at)
                return false;
        if (event_type_is_restricted(event->type))
                event->data = g_bytes_new(columns->data + *at, size);
        *at += size;
        return true;
}

static Event *read_event(Columns *columns, size_t i, size_t *at)
{
        const uint32_t *numbers = columns->numbers + i * N_NUMBERS;
        g_autoptr(Event) event = new_event(columns, numbers[NUMBER_TYPE]);

        if (!event || !read_texts(columns, numbers, event) || !is_whole(event) ||
                        !read_data(columns, numbers[NUMBER_DATA_BYTES], at, event))
                return NULL;
        read_numbers(columns->times + i * N_TIMES, numbers, event);
        return g_steal_pointer(&event);
}

int event_page_read(sd_bus_message *m, GPtrArray **ret_events)
{
        g_autoptr(GPtrArray) names = g_ptr_array_new(),
                             events = g_ptr_array_new_with_free_func(unref_event);
        Columns columns = { .names = names };
        size_t at = 0;
        int r = read_columns(m, &columns);

        if (r < 0)
                return r == -ENXIO || r == -EINVAL ? -EBADMSG : r;
        for (size_t i = 0; i < columns.n_events; i++) {
                Event *event = read_event(&columns, i, &at);

                if (!event)
                        return -EBADMSG;
                g_ptr_array_add(events, event);
        }
        *ret_events = g_steal_pointer(&events);
        return 0;
}
