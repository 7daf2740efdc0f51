/* Event store: the part of the event log that is on the disk, files below the state folder.
 *
 * Knows no clock but the times of the events. When it cannot write it says so once, and is asked
 * now and then to try again; what was written before can be read all the time. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-id128.h>

#include "daemon/event/segment-list.h"
#include "daemon/state-folder.h"

typedef struct EventStore EventStore;

typedef struct EventStoreSetup {
        StateFolder *folder;   /* borrowed */
        uint64_t max_bytes;    /* of all files; 0 = any */
        uint64_t max_age_usec; /* of an event; 0 = any. Files go as a whole, so a little more */
        bool sync;
        sd_id128_t run_id;
} EventStoreSetup;

EventStore *event_store_new(const EventStoreSetup *setup);
/* Completes what it has. */
EventStore *event_store_free(EventStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EventStore, event_store_free)

/* The folder of the files. */
const char *event_store_path(const EventStore *store);
/* False while events are not written. */
bool event_store_is_working(const EventStore *store);
bool event_store_syncs(const EventStore *store);
uint64_t event_store_size(const EventStore *store);
/* Serial of the oldest event, and the one above all that there were; the same when it is empty. */
uint64_t event_store_oldest(const EventStore *store);
uint64_t event_store_next(const EventStore *store);
/* There are events that have not been written. */
bool event_store_is_dirty(const EventStore *store);
/* For reading; all that can be written has been. */
SegmentList *event_store_segments(EventStore *store);

/* Where those begin that are missing in the files of a store that did not work, or does not. */
uint64_t event_store_missing(const EventStore *store);

/* The next event, with its serial and times. False when it is not kept, as the store does not work.
 */
bool event_store_append(EventStore *store, const Event *event);
/* Writes what has been appended; sync: onto the disk. */
void event_store_flush(EventStore *store, bool sync);
/* Of a store that does not work: tries whether it does again when this CLOCK_MONOTONIC has come to
 * the time for it. The oldest event that can still be appended has this serial; those that are
 * missing are to follow. */
bool event_store_try_again(EventStore *store, uint64_t monotonic_usec, uint64_t serial);
