/* Nothing is counted or compared: an object that is noted tells how it is by then. */

#include "daemon/face/changes.h"

#include "bus/clock.h"

#define PAUSE_USEC    UINT64_C(100000)
#define RETRY_USEC    UINT64_C(1000000)
#define ACCURACY_USEC UINT64_C(1000)

struct Changes {
        sd_event *event;      /* borrowed */
        const HostSeat *seat; /* borrowed */
        ChangesBus bus;
        GHashTable *noted;      /* object to ChangesEmit */
        sd_event_source *flush; /* enabled while something is noted */
        uint64_t next_flush;    /* CLOCK_MONOTONIC, not before */
};

static void plan_flush(Changes *changes);

Changes *changes_new(sd_event *event, const HostSeat *seat)
{
        Changes *changes = g_new0(Changes, 1);

        changes->event = event;
        changes->seat = seat;
        changes->noted = g_hash_table_new(NULL, NULL);
        return changes;
}

Changes *changes_free(Changes *changes)
{
        if (!changes)
                return NULL;
        sd_event_source_disable_unref(changes->flush);
        g_hash_table_unref(changes->noted);
        g_free(changes);
        return NULL;
}

void changes_set_bus(Changes *changes, const ChangesBus *bus)
{
        g_hash_table_remove_all(changes->noted);
        changes->bus = bus ? *bus : (ChangesBus){ 0 };
}

static bool nobody_listens(const Changes *changes)
{
        return audience_has_at_most(
                        changes->bus.audience, host_seat_is_ours(changes->seat) ? 1 : 0);
}

static int on_flush(sd_event_source *source, uint64_t usec, void *userdata)
{
        Changes *changes = userdata;
        GHashTableIter iterator;
        gpointer object, emit;
        bool done;

        if (!changes->bus.bus)
                return 0;
        if (nobody_listens(changes))
                g_hash_table_remove_all(changes->noted);
        g_hash_table_iter_init(&iterator, changes->noted);
        while (outbox_has_room(changes->bus.outbox) &&
                        g_hash_table_iter_next(&iterator, &object, &emit)) {
                ((ChangesEmit)emit)(changes->bus.bus, object);
                g_hash_table_iter_remove(&iterator);
        }
        done = g_hash_table_size(changes->noted) == 0;
        changes->next_flush = clock_now_usec(CLOCK_MONOTONIC) + (done ? PAUSE_USEC : RETRY_USEC);
        if (!done)
                plan_flush(changes);
        return 0;
}

static void plan_flush(Changes *changes)
{
        int r;

        if (!changes->flush)
                r = sd_event_add_time(changes->event, &changes->flush, CLOCK_MONOTONIC,
                                changes->next_flush, ACCURACY_USEC, on_flush, changes);
        else
                r = sd_event_source_set_time(changes->flush, changes->next_flush);
        if (r >= 0)
                r = sd_event_source_set_enabled(changes->flush, SD_EVENT_ONESHOT);
        g_assert(r >= 0);
}

void changes_note(Changes *changes, const void *object, ChangesEmit emit)
{
        if (!changes->bus.bus)
                return;
        if (g_hash_table_size(changes->noted) == 0)
                plan_flush(changes);
        g_hash_table_insert(changes->noted, (gpointer)object, emit);
}

void changes_forget(Changes *changes, const void *object)
{
        g_hash_table_remove(changes->noted, object);
}
