/* Serials are dense, so the place of a serial in the window is a subtraction. The window is a ring
 * that grows by doubling up to its bound and never shrinks: a burst is likely to come again. */

#include "daemon/event/log.h"

#include <systemd/sd-id128.h>

#include "bus/clock.h"

#define FIRST_CAPACITY 64

struct EventLog {
        /* ring[(first + i) % capacity] for i < count, oldest first */
        Event **ring;
        size_t capacity, first, count;
        size_t max_events, max_bytes, bytes;
        uint64_t next;
        char run_id[SD_ID128_STRING_MAX];
        EventLogObserver observer;
        void *observer_data;
};

EventLog *event_log_new(size_t max_events, size_t max_bytes)
{
        EventLog *log = g_new0(EventLog, 1);
        sd_id128_t id;

        g_assert(max_events > 0);
        g_assert(sd_id128_randomize(&id) >= 0);
        sd_id128_to_string(id, log->run_id);
        log->max_events = max_events;
        log->max_bytes = max_bytes;
        log->next = 1;
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

const char *event_log_run_id(const EventLog *log)
{
        return log->run_id;
}

uint64_t event_log_oldest(const EventLog *log)
{
        return log->next - log->count;
}

uint64_t event_log_next(const EventLog *log)
{
        return log->next;
}

const Event *event_log_find_after(const EventLog *log, uint64_t after, const EventFilter *filter)
{
        uint64_t oldest = event_log_oldest(log);

        if (after >= log->next)
                return NULL;
        for (size_t i = after >= oldest ? after + 1 - oldest : 0; i < log->count; i++) {
                const Event *event = *slot(log, i);

                if (event_filter_passes(filter, event))
                        return event;
        }
        return NULL;
}

static void grow(EventLog *log)
{
        size_t capacity = MIN(MAX(log->capacity * 2, FIRST_CAPACITY), log->max_events);
        Event **ring = g_new(Event *, capacity);

        for (size_t i = 0; i < log->count; i++)
                ring[i] = *slot(log, i);
        g_free(log->ring);
        log->ring = ring;
        log->capacity = capacity;
        log->first = 0;
}

void event_log_append(EventLog *log, Event *event)
{
        event->serial = log->next++;
        event->realtime_usec = clock_now_usec(CLOCK_REALTIME);
        event->monotonic_usec = clock_now_usec(CLOCK_MONOTONIC);
        if (log->count == log->max_events)
                drop_oldest(log);
        if (log->count == log->capacity)
                grow(log);
        *slot(log, log->count) = event;
        log->count++;
        log->bytes += event_size(event);
        while (log->bytes > log->max_bytes && log->count > 1)
                drop_oldest(log);
        if (log->observer)
                log->observer(event, log->observer_data);
}
