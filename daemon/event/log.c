/* Serials are dense in the window, so the place of one is a subtraction. The window is a ring that
 * grows by doubling up to its bound; while the disk works it is small, as all is there too.
 *
 * What is appended goes to the disk when the round of the loop ends, all in one write, or before
 * something of it leaves for the bus. */

#include "daemon/event/log.h"

#include "bus/cleanup.h"
#include "bus/clock.h"
#include "daemon/event/reader.h"

#define FIRST_CAPACITY 64

typedef struct Window {
        size_t max_events, max_bytes;
} Window;

/* A second of many events: whoever keeps up finds them in memory. */
static const Window beside_disk = { 4096, 4 * 1024 * 1024 };
static const Window without_disk = { 65536, 32 * 1024 * 1024 };

struct EventLog {
        /* ring[(first + i) % capacity] for i < count, oldest first */
        Event **ring;
        size_t capacity, first, count, bytes;
        Window window;
        uint64_t next;
        char run_id[SD_ID128_STRING_MAX];
        EventStore *store; /* NULL = memory alone */
        bool is_persistent;
        Event *found;           /* of the last search on the disk */
        sd_event_source *flush; /* enabled while there is something to be written */
        EventLogObserver observer;
        void *observer_data;
        void (*disk_observer)(void *userdata);
        void *disk_observer_data;
};

EventLog *event_log_new(size_t max_events, size_t max_bytes)
{
        EventLog *log = g_new0(EventLog, 1);
        sd_id128_t id;

        g_assert(max_events > 0);
        g_assert(sd_id128_randomize(&id) >= 0);
        sd_id128_to_string(id, log->run_id);
        log->window = (Window){ max_events, max_bytes };
        log->next = 1;
        return log;
}

EventLog *event_log_new_on_disk(const EventStoreSetup *setup)
{
        EventLog *log = event_log_new(beside_disk.max_events, beside_disk.max_bytes);
        EventStoreSetup own = *setup;

        g_assert(sd_id128_from_string(log->run_id, &own.run_id) >= 0);
        log->store = event_store_new(&own);
        log->next = event_store_next(log->store);
        log->is_persistent = event_store_is_working(log->store);
        if (!log->is_persistent)
                log->window = without_disk;
        return log;
}

static Event **slot(const EventLog *log, size_t i)
{
        return &log->ring[(log->first + i) % log->capacity];
}

static void drop_oldest(EventLog *log)
{
        Event *oldest = *slot(log, 0);

        log->bytes -= event_size(oldest);
        event_unref(oldest);
        log->first = (log->first + 1) % log->capacity;
        log->count--;
}

EventLog *event_log_free(EventLog *log)
{
        if (!log)
                return NULL;
        event_unref(log->found);
        sd_event_source_disable_unref(log->flush);
        event_store_free(log->store);
        while (log->count > 0)
                drop_oldest(log);
        g_free(log->ring);
        g_free(log);
        return NULL;
}

void event_log_set_observer(EventLog *log, EventLogObserver observer, void *userdata)
{
        log->observer = observer;
        log->observer_data = userdata;
}

void event_log_set_disk_observer(EventLog *log, void (*observer)(void *userdata), void *userdata)
{
        log->disk_observer = observer;
        log->disk_observer_data = userdata;
}

static int on_flush(sd_event_source *source, void *userdata)
{
        event_log_flush(userdata);
        return 0;
}

int event_log_attach(EventLog *log, sd_event *loop)
{
        int r;

        if (!log->store)
                return 0;
        r = sd_event_add_defer(loop, &log->flush, on_flush, log);
        if (r < 0)
                return r;
        return sd_event_source_set_enabled(log->flush, SD_EVENT_OFF);
}

const char *event_log_run_id(const EventLog *log)
{
        return log->run_id;
}

uint64_t event_log_oldest(const EventLog *log)
{
        uint64_t begin = event_log_window_begin(log);

        return log->store ? MIN(event_store_oldest(log->store), begin) : begin;
}

uint64_t event_log_next(const EventLog *log)
{
        return log->next;
}

EventStore *event_log_store(const EventLog *log)
{
        return log->store;
}

bool event_log_is_persistent(const EventLog *log)
{
        return log->is_persistent;
}

uint64_t event_log_window_begin(const EventLog *log)
{
        return log->next - log->count;
}

const Event *event_log_find_in_window(
                const EventLog *log, uint64_t after, const EventFilter *filter)
{
        uint64_t begin = event_log_window_begin(log);

        if (after >= log->next)
                return NULL;
        for (size_t i = after >= begin ? after + 1 - begin : 0; i < log->count; i++) {
                const Event *event = *slot(log, i);

                if (event_filter_passes(filter, event))
                        return event;
        }
        return NULL;
}

const Event *event_log_find_after(const EventLog *log, uint64_t after, const EventFilter *filter)
{
        g_autoptr(EventReader) reader = NULL;
        EventLog *own = (EventLog *)log;
        const Event *event;

        if (!log->store || after >= event_log_window_begin(log) - 1)
                return event_log_find_in_window(log, after, filter);
        reader = event_reader_new(log, after, filter);
        event = event_reader_next(reader);
        event_unref(own->found);
        own->found = event ? event_ref(event) : NULL;
        return event;
}

static uint64_t find_time_in_window(const EventLog *log, uint64_t usec)
{
        for (size_t i = 0; i < log->count; i++)
                if ((*slot(log, i))->realtime_usec >= usec)
                        return (*slot(log, i))->serial;
        return log->next;
}

/* Either the files or the window may begin earlier. */
uint64_t event_log_find_time(const EventLog *log, uint64_t usec)
{
        uint64_t in_window = find_time_in_window(log, usec), on_disk = 0;

        if (log->store)
                on_disk = segment_list_find_time(event_store_segments(log->store), usec);
        return (on_disk > 0 ? MIN(on_disk, in_window) : in_window) - 1;
}

static void grow(EventLog *log)
{
        size_t capacity = MAX(log->capacity * 2, FIRST_CAPACITY);
        Event **ring;

        capacity = MAX(MIN(capacity, log->window.max_events), log->count + 1);
        ring = g_new(Event *, capacity);
        for (size_t i = 0; i < log->count; i++)
                ring[i] = *slot(log, i);
        g_free(log->ring);
        log->ring = ring;
        log->capacity = capacity;
        log->first = 0;
}

static void keep_bounds(EventLog *log)
{
        while (log->count > log->window.max_events ||
                        (log->bytes > log->window.max_bytes && log->count > 1))
                drop_oldest(log);
}

/* Of the window and of who observes. */
static void note_disk(EventLog *log)
{
        bool is_persistent = event_store_is_working(log->store);

        if (is_persistent == log->is_persistent)
                return;
        log->is_persistent = is_persistent;
        log->window = is_persistent ? beside_disk : without_disk;
        if (log->disk_observer)
                log->disk_observer(log->disk_observer_data);
}

/* All that it missed and that is still here. */
static void catch_up(EventLog *log)
{
        uint64_t serial = event_store_missing(log->store), begin = event_log_window_begin(log);

        for (size_t i = serial > begin ? serial - begin : 0; i < log->count; i++)
                if (!event_store_append(log->store, *slot(log, i)))
                        return;
}

static void store_newest(EventLog *log)
{
        const Event *event = *slot(log, log->count - 1);

        if (event_store_is_working(log->store))
                (void)event_store_append(log->store, event);
        else if (event_store_try_again(
                                 log->store, event->monotonic_usec, event_log_window_begin(log)))
                catch_up(log);
        note_disk(log);
        if (log->flush && event_store_is_dirty(log->store))
                (void)sd_event_source_set_enabled(log->flush, SD_EVENT_ONESHOT);
}

void event_log_append(EventLog *log, Event *event)
{
        event->serial = log->next++;
        event->realtime_usec = clock_now_usec(CLOCK_REALTIME);
        event->monotonic_usec = clock_now_usec(CLOCK_MONOTONIC);
        if (log->count == log->window.max_events)
                drop_oldest(log);
        if (log->count == log->capacity)
                grow(log);
        *slot(log, log->count) = event;
        log->count++;
        log->bytes += event_size(event);
        if (log->store)
                store_newest(log);
        keep_bounds(log);
        if (log->observer)
                log->observer(event, log->observer_data);
}

void event_log_flush(EventLog *log)
{
        if (!log->store || !event_store_is_dirty(log->store))
                return;
        event_store_flush(log->store, event_store_syncs(log->store));
        note_disk(log);
}
