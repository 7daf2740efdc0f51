/* The smallest limit that a bus has is 128 answers that are waited for (the system bus). */

#include "tools/rpc-host/bus-queue.h"

#include <errno.h>

#include "bus/cleanup.h"

#define MAX_UNDER_WAY 120
#define MAX_LONG      100
#define TIMEOUT_USEC  (UINT64_C(60) * 1000 * 1000)

struct BusQueue {
        sd_bus *bus;
        GQueue waiting[2]; /* of Entry: the quick ones, those that may take long */
        GQueue under_way;
        unsigned n_long; /* of those under way */
};

typedef struct Entry {
        BusQueue *queue;
        GList link; /* in one of the queues */
        sd_bus_message *message;
        sd_bus_slot *slot;
        bool may_take_long;
        BusAnswered answered;
        void *userdata;
} Entry;

static void send_waiting(BusQueue *queue);

BusQueue *bus_queue_new(void)
{
        BusQueue *queue = g_new0(BusQueue, 1);

        for (size_t i = 0; i < G_N_ELEMENTS(queue->waiting); i++)
                g_queue_init(&queue->waiting[i]);
        g_queue_init(&queue->under_way);
        return queue;
}

static void entry_free(Entry *entry)
{
        sd_bus_slot_unref(entry->slot);
        sd_bus_message_unref(entry->message);
        g_free(entry);
}

static Entry *pop(GQueue *entries)
{
        GList *link = g_queue_pop_head_link(entries);

        return link ? link->data : NULL;
}

/* Of all that were not answered the next, taken out. */
static Entry *pop_any(BusQueue *queue)
{
        Entry *entry = pop(&queue->under_way);

        if (entry && entry->may_take_long)
                queue->n_long--;
        for (size_t i = 0; !entry && i < G_N_ELEMENTS(queue->waiting); i++)
                entry = pop(&queue->waiting[i]);
        return entry;
}

BusQueue *bus_queue_free(BusQueue *queue)
{
        Entry *entry;

        if (!queue)
                return NULL;
        while ((entry = pop_any(queue)))
                entry_free(entry);
        sd_bus_unref(queue->bus);
        g_free(queue);
        return NULL;
}

sd_bus *bus_queue_bus(const BusQueue *queue)
{
        return queue->bus;
}

/* The entry is in no queue any more. */
static void fail(Entry *entry, int r)
{
        auto_bus_error error = SD_BUS_ERROR_NULL;

        sd_bus_error_set_errno(&error, r);
        entry->answered(NULL, &error, entry->userdata);
        entry_free(entry);
}

void bus_queue_set_bus(BusQueue *queue, sd_bus *bus)
{
        GQueue lost = G_QUEUE_INIT;
        Entry *entry;

        while ((entry = pop_any(queue))) {
                entry->slot = sd_bus_slot_unref(entry->slot);
                g_queue_push_tail_link(&lost, &entry->link);
        }
        sd_bus_unref(queue->bus);
        queue->bus = sd_bus_ref(bus);
        while ((entry = pop(&lost)))
                fail(entry, -ECONNRESET);
}

static int on_reply(sd_bus_message *reply, void *userdata, sd_bus_error *unused)
{
        Entry *entry = userdata;
        BusQueue *queue = entry->queue;
        const sd_bus_error *error = sd_bus_message_get_error(reply);

        g_queue_unlink(&queue->under_way, &entry->link);
        if (entry->may_take_long)
                queue->n_long--;
        entry->answered(error ? NULL : reply, error, entry->userdata);
        entry_free(entry);
        send_waiting(queue);
        return 1;
}

/* Takes the entry over. */
static void send_one(BusQueue *queue, Entry *entry)
{
        int r = sd_bus_call_async(queue->bus, &entry->slot, entry->message, on_reply, entry,
                        entry->may_take_long ? UINT64_MAX : TIMEOUT_USEC);

        if (r < 0) {
                fail(entry, r);
                return;
        }
        entry->message = sd_bus_message_unref(entry->message);
        g_queue_push_tail_link(&queue->under_way, &entry->link);
        if (entry->may_take_long)
                queue->n_long++;
}

static void send_waiting(BusQueue *queue)
{
        while (queue->under_way.length < MAX_UNDER_WAY) {
                Entry *entry = pop(&queue->waiting[false]);

                if (!entry && queue->n_long < MAX_LONG)
                        entry = pop(&queue->waiting[true]);
                if (!entry)
                        return;
                send_one(queue, entry);
        }
}

void bus_queue_call(BusQueue *queue, sd_bus_message *message, bool may_take_long,
                BusAnswered answered, void *userdata)
{
        Entry *entry = g_new0(Entry, 1);

        entry->queue = queue;
        entry->link.data = entry;
        entry->message = sd_bus_message_ref(message);
        entry->may_take_long = may_take_long;
        entry->answered = answered;
        entry->userdata = userdata;
        if (!queue->bus) {
                fail(entry, -ENOTCONN);
                return;
        }
        g_queue_push_tail_link(&queue->waiting[may_take_long], &entry->link);
        send_waiting(queue);
}
