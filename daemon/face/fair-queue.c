/* Start-time fair queueing: each caller has a tag, which is how far it has come; the time of all is
 * the tag of whoever was served last. */

#include "daemon/face/fair-queue.h"

#include "bus/cleanup.h"

/* Of those that want nothing more; beyond that what they have taken is forgotten. */
#define MAX_IDLE 1024

typedef struct Item {
        void *item;
        size_t bytes;
} Item;

typedef struct Caller {
        char *name;
        GQueue items; /* of Item */
        size_t bytes;
        uint64_t tag, arrival;
        GSequenceIter *place; /* while it waits; NULL while it is served or wants nothing */
} Caller;

struct FairQueue {
        size_t max_bytes_each, max_bytes, bytes;
        GDestroyNotify free_item;
        GHashTable *callers; /* char * (borrowed from the value) to Caller * */
        GSequence *waiting;  /* of Caller (borrowed), who is next first */
        Caller *served;      /* borrowed; from pop to charge */
        uint64_t now, arrivals;
};

static void free_caller(void *data)
{
        Caller *caller = data;

        g_queue_clear_full(&caller->items, g_free);
        g_free(caller->name);
        g_free(caller);
}

FairQueue *fair_queue_new(size_t max_bytes_each, size_t max_bytes, GDestroyNotify free_item)
{
        FairQueue *queue = g_new0(FairQueue, 1);

        queue->max_bytes_each = max_bytes_each;
        queue->max_bytes = max_bytes;
        queue->free_item = free_item;
        queue->callers = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_caller);
        queue->waiting = g_sequence_new(NULL);
        return queue;
}

FairQueue *fair_queue_free(FairQueue *queue)
{
        void *item;

        if (!queue)
                return NULL;
        if (queue->served)
                fair_queue_charge(queue, 0);
        while ((item = fair_queue_pop(queue))) {
                queue->free_item(item);
                fair_queue_charge(queue, 0);
        }
        g_sequence_free(queue->waiting);
        g_hash_table_unref(queue->callers);
        g_free(queue);
        return NULL;
}

bool fair_queue_is_empty(const FairQueue *queue)
{
        return queue->bytes == 0;
}

size_t fair_queue_bytes(const FairQueue *queue, const char *name)
{
        const Caller *caller = g_hash_table_lookup(queue->callers, name);

        return caller ? caller->bytes : 0;
}

bool fair_queue_has_room(const FairQueue *queue, const char *name)
{
        return queue->bytes < queue->max_bytes &&
               fair_queue_bytes(queue, name) < queue->max_bytes_each;
}

static int compare(const void *a, const void *b, void *unused)
{
        const Caller *left = a, *right = b;

        if (left->tag != right->tag)
                return left->tag < right->tag ? -1 : 1;
        return left->arrival < right->arrival ? -1 : left->arrival > right->arrival;
}

static void wait_in_place(FairQueue *queue, Caller *caller)
{
        caller->arrival = queue->arrivals++;
        caller->place = g_sequence_insert_sorted(queue->waiting, caller, compare, NULL);
}

static gboolean wants_nothing(void *name, void *value, void *data)
{
        const Caller *caller = value;
        const FairQueue *queue = data;

        return caller->bytes == 0 && caller != queue->served;
}

static Caller *ensure_caller(FairQueue *queue, const char *name)
{
        Caller *caller = g_hash_table_lookup(queue->callers, name);

        if (caller)
                return caller;
        if (g_hash_table_size(queue->callers) >=
                        MAX_IDLE + (size_t)g_sequence_get_length(queue->waiting))
                g_hash_table_foreach_remove(queue->callers, wants_nothing, queue);
        caller = g_new0(Caller, 1);
        caller->name = g_strdup(name);
        g_hash_table_insert(queue->callers, caller->name, caller);
        return caller;
}

void fair_queue_push(FairQueue *queue, const char *name, void *data, size_t bytes)
{
        Caller *caller = ensure_caller(queue, name);
        Item *item = g_new(Item, 1);

        *item = (Item){ data, MAX(bytes, 1) };
        g_queue_push_tail(&caller->items, item);
        caller->bytes += item->bytes;
        queue->bytes += item->bytes;
        if (caller->place || caller == queue->served)
                return;
        caller->tag = MAX(caller->tag, queue->now);
        wait_in_place(queue, caller);
}

static void *take_item(FairQueue *queue, Caller *caller)
{
        g_autofree Item *item = g_queue_pop_head(&caller->items);

        caller->bytes -= item->bytes;
        queue->bytes -= item->bytes;
        return item->item;
}

static void leave_place(Caller *caller)
{
        g_sequence_remove(caller->place);
        caller->place = NULL;
}

void *fair_queue_pop(FairQueue *queue)
{
        GSequenceIter *first = g_sequence_get_begin_iter(queue->waiting);
        Caller *caller;

        g_assert(!queue->served);
        if (g_sequence_iter_is_end(first))
                return NULL;
        caller = g_sequence_get(first);
        leave_place(caller);
        queue->now = caller->tag;
        queue->served = caller;
        return take_item(queue, caller);
}

void fair_queue_charge(FairQueue *queue, uint64_t usec)
{
        Caller *caller = queue->served;

        queue->served = NULL;
        caller->tag += usec;
        if (caller->bytes > 0)
                wait_in_place(queue, caller);
        else if (fair_queue_is_empty(queue))
                g_hash_table_remove_all(queue->callers);
}

void fair_queue_drop(FairQueue *queue, const char *name)
{
        Caller *caller = g_hash_table_lookup(queue->callers, name);

        if (!caller)
                return;
        while (!g_queue_is_empty(&caller->items))
                queue->free_item(take_item(queue, caller));
        if (caller->place)
                leave_place(caller);
        if (caller != queue->served)
                g_hash_table_remove(queue->callers, name);
}
