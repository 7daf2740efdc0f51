/* Each run begins a file of its own, when its first event comes. The newest file is never removed
 * before there is another, as it tells which serial is next. */

#include "daemon/event/store.h"

#include <errno.h>
#include <inttypes.h>

#include "bus/clock.h"
#include "daemon/output/main-log.h"

#define FOLDER "events"

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)

#define FLUSH_BYTES  (64 * KIB)
#define MAX_SEGMENTS 4096
/* Files are a sixteenth of the bounds, so that what is removed is a small part. */
#define PARTS             16
#define LEAST_BYTES       (64 * KIB)
#define USUAL_LEAST_BYTES (1 * MIB)
#define MOST_BYTES        (64 * MIB)

#define USEC_PER_SEC UINT64_C(1000000)
#define RETRY_USEC   (60 * USEC_PER_SEC)
#define LOOK_USEC    (5 * USEC_PER_SEC)

struct EventStore {
        EventStoreSetup setup;
        char *path;
        uint64_t segment_bytes;
        SegmentList *segments;
        Segment *open;       /* borrowed: the newest, while it is being written */
        uint64_t begun_usec; /* CLOCK_REALTIME of its first event */
        bool is_working, is_synced;
        bool is_loaded;          /* with the folder locked: nobody else has written there since */
        uint64_t run_serial;     /* of the first event of this run */
        uint64_t missing_serial; /* of the first that is not in the files, while it does not work */
        uint64_t now_usec;       /* CLOCK_MONOTONIC of the last event */
        uint64_t retry_usec, look_usec;
};

static uint64_t segment_bytes(uint64_t max_bytes)
{
        uint64_t part = MAX(max_bytes / PARTS, MIN(USUAL_LEAST_BYTES, max_bytes / 4));

        return max_bytes == 0 ? MOST_BYTES : CLAMP(part, LEAST_BYTES, MOST_BYTES);
}

static const char *reason(int r)
{
        return r == -EBUSY ? "another busvisord uses it" : g_strerror(-r);
}

static void load(EventStore *store, bool repair)
{
        segment_list_free(store->segments);
        store->segments = segment_list_new();
        segment_list_load(store->segments, store->path, repair);
}

/* What has not been written leaves the newest file. */
static void close_failed(EventStore *store)
{
        g_autoptr(Segment) failed = segment_list_take_newest(store->segments);
        Segment *segment;
        SegmentDamage damage;

        store->open = NULL;
        if (segment_open(segment_path(failed), true, &segment, &damage) >= 0)
                segment_list_add(store->segments, segment);
}

static void fail(EventStore *store, int r)
{
        if (store->open)
                close_failed(store);
        store->is_working = false;
        store->missing_serial = MAX(store->run_serial, segment_list_end(store->segments));
        store->retry_usec = store->now_usec + RETRY_USEC;
        log_warn("cannot write the event log in %s: %s; events are kept in memory only",
                        store->path, reason(r));
}

EventStore *event_store_new(const EventStoreSetup *setup)
{
        EventStore *store = g_new0(EventStore, 1);
        int r = state_folder_ensure(setup->folder);

        store->setup = *setup;
        store->path = g_build_filename(state_folder_path(setup->folder), FOLDER, NULL);
        store->segment_bytes = segment_bytes(setup->max_bytes);
        store->now_usec = clock_now_usec(CLOCK_MONOTONIC);
        store->is_loaded = store->is_working = r >= 0;
        load(store, store->is_loaded);
        store->run_serial = segment_list_next_serial(store->segments);
        if (r < 0)
                fail(store, r);
        return store;
}

static int complete(EventStore *store)
{
        int r = 0;

        if (!store->open)
                return 0;
        if (store->setup.sync) {
                r = segment_write(store->open);
                if (r >= 0)
                        r = segment_sync(store->open);
        }
        if (r >= 0)
                r = segment_complete(store->open);
        if (r >= 0)
                store->open = NULL;
        return r;
}

EventStore *event_store_free(EventStore *store)
{
        int r;

        if (!store)
                return NULL;
        r = complete(store);
        if (r < 0)
                fail(store, r);
        segment_list_free(store->segments);
        g_free(store->path);
        g_free(store);
        return NULL;
}

const char *event_store_path(const EventStore *store)
{
        return store->path;
}

bool event_store_is_working(const EventStore *store)
{
        return store->is_working;
}

bool event_store_syncs(const EventStore *store)
{
        return store->setup.sync;
}

uint64_t event_store_size(const EventStore *store)
{
        return segment_list_size(store->segments);
}

uint64_t event_store_oldest(const EventStore *store)
{
        return segment_list_first_serial(store->segments);
}

uint64_t event_store_next(const EventStore *store)
{
        return segment_list_next_serial(store->segments);
}

uint64_t event_store_missing(const EventStore *store)
{
        return store->missing_serial;
}

bool event_store_is_dirty(const EventStore *store)
{
        return store->open &&
               (segment_unwritten(store->open) > 0 || (store->setup.sync && !store->is_synced));
}

SegmentList *event_store_segments(EventStore *store)
{
        event_store_flush(store, false);
        return store->segments;
}

static bool is_too_old(const EventStore *store, const Segment *segment, uint64_t now_usec)
{
        return store->setup.max_age_usec > 0 &&
               segment_extent(segment)->max_usec + store->setup.max_age_usec < now_usec;
}

/* Events that are too old leave with the file whose events all are. */
static int drop_old(EventStore *store, uint64_t now_usec)
{
        int r = 0;

        while (r >= 0 && segment_list_count(store->segments) > 1 &&
                        is_too_old(store, segment_list_oldest(store->segments), now_usec))
                r = segment_list_drop_oldest(store->segments);
        return r;
}

/* Makes room for one file more. */
static int drop_many(EventStore *store)
{
        const uint64_t max_bytes = store->setup.max_bytes;
        uint64_t size = segment_list_size(store->segments) + store->segment_bytes;
        int r = 0;

        while (r >= 0 && segment_list_count(store->segments) > 1 &&
                        ((max_bytes > 0 && size > max_bytes) ||
                                        segment_list_count(store->segments) >= MAX_SEGMENTS)) {
                size -= segment_size(segment_list_oldest(store->segments));
                r = segment_list_drop_oldest(store->segments);
        }
        return r;
}

static int begin(EventStore *store, uint64_t serial)
{
        const SegmentHead head = { .run_id = store->setup.run_id, .first_serial = serial };
        Segment *segment;
        int r = complete(store);

        if (r >= 0)
                r = state_folder_ensure(store->setup.folder);
        if (r >= 0 && g_mkdir_with_parents(store->path, 0700) < 0)
                r = -errno;
        if (r >= 0)
                r = drop_many(store);
        if (r >= 0)
                r = segment_create(store->path, &head, store->setup.sync, &segment);
        if (r < 0)
                return r;
        segment_list_add(store->segments, segment);
        store->open = segment;
        store->begun_usec = 0;
        return 0;
}

/* Writing into a file that was removed does not fail. */
static void look_after_file(EventStore *store)
{
        if (!store->open || store->now_usec < store->look_usec)
                return;
        store->look_usec = store->now_usec + LOOK_USEC;
        if (segment_is_there(store->open))
                return;
        log_warn("the event log's file %s was removed; another one is begun",
                        segment_path(store->open));
        store->open = NULL;
        load(store, true);
}

static bool is_full(const EventStore *store, const Event *event)
{
        return segment_size(store->open) >= store->segment_bytes ||
               (store->setup.max_age_usec > 0 && !segment_is_empty(store->open) &&
                               event->realtime_usec >
                                               store->begun_usec +
                                                               store->setup.max_age_usec / PARTS);
}

static int make_room(EventStore *store, const Event *event)
{
        int r = drop_old(store, event->realtime_usec);

        if (r >= 0 && (!store->open || is_full(store, event)))
                r = begin(store, event->serial);
        return r;
}

bool event_store_append(EventStore *store, const Event *event)
{
        int r;

        if (!store->is_working)
                return false;
        store->now_usec = event->monotonic_usec;
        look_after_file(store);
        r = make_room(store, event);
        if (r < 0) {
                fail(store, r);
                return false;
        }
        if (segment_is_empty(store->open))
                store->begun_usec = event->realtime_usec;
        if (!segment_append(store->open, event))
                log_warn("the event %" PRIu64 " is too long for the event log on the disk",
                                event->serial);
        store->is_synced = false;
        if (segment_unwritten(store->open) >= FLUSH_BYTES)
                event_store_flush(store, false);
        return store->is_working;
}

void event_store_flush(EventStore *store, bool sync)
{
        int r;

        if (!store->open)
                return;
        r = segment_write(store->open);
        if (r >= 0 && sync && !store->is_synced) {
                r = segment_sync(store->open);
                store->is_synced = r >= 0;
        }
        if (r < 0)
                fail(store, r);
}

/* False when there are other events than ours with serials of this run. */
static bool load_late(EventStore *store)
{
        load(store, true);
        if (segment_list_next_serial(store->segments) <= store->run_serial) {
                store->is_loaded = true;
                return true;
        }
        log_warn("the event log in %s has events of other runs that were not seen before; events of "
                 "this run are kept in memory only",
                        store->path);
        segment_list_free(store->segments);
        store->segments = segment_list_new();
        store->retry_usec = UINT64_MAX;
        return false;
}

static void tell_it_works(const EventStore *store, uint64_t serial)
{
        if (serial <= store->missing_serial)
                log_info("the event log is written in %s again, nothing is missing", store->path);
        else
                log_warn("the event log is written in %s again, without the events %" PRIu64
                         " to %" PRIu64,
                                store->path, store->missing_serial, serial - 1);
}

bool event_store_try_again(EventStore *store, uint64_t monotonic_usec, uint64_t serial)
{
        int r;

        if (monotonic_usec < store->retry_usec)
                return false;
        store->now_usec = monotonic_usec;
        store->retry_usec = monotonic_usec + RETRY_USEC;
        r = state_folder_ensure(store->setup.folder);
        if (r >= 0 && !store->is_loaded && !load_late(store))
                return false;
        if (r >= 0)
                r = begin(store, MAX(serial, store->missing_serial));
        if (r < 0) {
                log_debug("the event log in %s still cannot be written: %s", store->path,
                                reason(r));
                return false;
        }
        store->is_working = true;
        tell_it_works(store, serial);
        return true;
}
