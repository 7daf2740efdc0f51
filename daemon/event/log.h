/* Event log: every event of the daemon in the order of its serials, kept for those who come late.
 *
 * Holds a window in memory, bounded in events and in bytes, and where it has an EventStore more of
 * them on the disk, those of earlier runs included; the oldest leave first. Who reads it by serial
 * sees from event_log_oldest() whether something has left that he has not read. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>
#include <systemd/sd-event.h>

#include "bus/event-filter.h"
#include "daemon/event/store.h"

typedef struct EventLog EventLog;

/* Told of each event right after it was appended. */
typedef void (*EventLogObserver)(const Event *event, void *userdata);

/* In memory alone. */
EventLog *event_log_new(size_t max_events, size_t max_bytes);
/* On the disk as well. The run's id is chosen here; serials go on from where the disk has come. */
EventLog *event_log_new_on_disk(const EventStoreSetup *setup);
/* Writes what has not been written. */
EventLog *event_log_free(EventLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EventLog, event_log_free)

/* One observer at most; NULL takes it away. */
void event_log_set_observer(EventLog *log, EventLogObserver observer, void *userdata);
/* Likewise, of a change of event_log_is_persistent(). */
void event_log_set_disk_observer(EventLog *log, void (*observer)(void *userdata), void *userdata);
/* From now on what is appended is written at the end of the round of this loop, not before somebody
 * asks for that. */
int event_log_attach(EventLog *log, sd_event *loop);

/* 32 hexadecimal digits, new with each log. */
const char *event_log_run_id(const EventLog *log);
/* Serial of the oldest event kept; equal to event_log_next() when none is. */
uint64_t event_log_oldest(const EventLog *log);
/* Serial that the next event will have; the first is 1. */
uint64_t event_log_next(const EventLog *log);
/* NULL when it is in memory alone. */
EventStore *event_log_store(const EventLog *log);
/* Are events written to the disk? */
bool event_log_is_persistent(const EventLog *log);

/* The event with the lowest serial above `after` that passes; NULL when there is none. Borrowed,
 * until the next append or search. Who wants many takes an EventReader. */
const Event *event_log_find_after(const EventLog *log, uint64_t after, const EventFilter *filter);
/* Likewise of those that are in memory, all from this serial on. */
uint64_t event_log_window_begin(const EventLog *log);
const Event *event_log_find_in_window(
                const EventLog *log, uint64_t after, const EventFilter *filter);
/* What to read after for the events of this CLOCK_REALTIME or later: the serial below that of the
 * first. */
uint64_t event_log_find_time(const EventLog *log, uint64_t usec);

/* Gives the event its serial and the time (now), takes it over, tells the observer. */
void event_log_append(EventLog *log, Event *event);
/* To be called before anybody is told of an event: it is in a file then, so that the end of the
 * daemon does not lose it, and on the disk where that was asked for. */
void event_log_flush(EventLog *log);
