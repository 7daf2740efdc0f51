/* Event log: every event of the daemon in the order of its serials, kept for those who come late.
 *
 * Holds a window in memory, bounded in events and in bytes; the oldest leave first. Who reads it by
 * serial sees from event_log_oldest() whether something has left that he has not read. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "bus/event-filter.h"

typedef struct EventLog EventLog;

/* Told of each event right after it was appended. */
typedef void (*EventLogObserver)(const Event *event, void *userdata);

EventLog *event_log_new(size_t max_events, size_t max_bytes);
EventLog *event_log_free(EventLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EventLog, event_log_free)

/* One observer at most; NULL takes it away. */
void event_log_set_observer(EventLog *log, EventLogObserver observer, void *userdata);

/* 32 hexadecimal digits, new with each log. */
const char *event_log_run_id(const EventLog *log);
/* Serial of the oldest event kept; equal to event_log_next() when none is. */
uint64_t event_log_oldest(const EventLog *log);
/* Serial that the next event will have; the first is 1. */
uint64_t event_log_next(const EventLog *log);
/* The event with the lowest serial above `after` that passes; NULL when there is none.
 * Borrowed, until the next append. */
const Event *event_log_find_after(const EventLog *log, uint64_t after, const EventFilter *filter);

/* Gives the event its serial and the time (now), takes it over, tells the observer. */
void event_log_append(EventLog *log, Event *event);
