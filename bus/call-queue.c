/* Who has waited longest goes first, also before a call that the answer to another one leads to:
 * whoever always has a next one would leave no room for the others. */

#include "bus/call-queue.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#include "bus/cleanup.h"

/* The rest of 128 is for what is asked beside the queue: to be let in by the daemon. */
#define MAX_UNDER_WAY 120
/* From when they are sent on: long enough for a daemon that is busy with a thousand starts. */
#define TIMEOUT_USEC (60 * UINT64_C(1000000))

/* Of 48 descriptors the daemon must know that they were taken. It asks about all that it has given
 * whenever it gives one more; what it gives until it has the answer is as much again. */
static const struct {
        unsigned max;
        uint64_t timeout_usec;
} kinds[] = {
        [CALL_QUICK] = { MAX_UNDER_WAY, TIMEOUT_USEC },
        [CALL_HANDOUT] = { 20, TIMEOUT_USEC },
        [CALL_LONG] = { 100, UINT64_MAX },
};

struct CallQueue {
        sd_bus *bus;
        GQueue waiting[_CALL_KIND_MAX]; /* of QueuedCall */
        GQueue under_way;
        unsigned n_under_way[_CALL_KIND_MAX];
};

struct QueuedCall {
        CallQueue *queue;
        GQueue *place; /* the queue that it is in */
        GList link;
        sd_bus_message *message; /* until it is sent */
        sd_bus_slot *slot;       /* from then on */
        CallKind kind;
        CallAnswered answered; /* NULL: given up */
        void *userdata;
};

CallQueue *call_queue_new(void)
{
        CallQueue *queue = g_new0(CallQueue, 1);

        for (CallKind kind = 0; kind < _CALL_KIND_MAX; kind++)
                g_queue_init(&queue->waiting[kind]);
        g_queue_init(&queue->under_way);
        return queue;
}

static void put(QueuedCall *call, GQueue *place)
{
        g_queue_push_tail_link(place, &call->link);
        call->place = place;
        if (place == &call->queue->under_way)
                call->queue->n_under_way[call->kind]++;
}

static void take_out(QueuedCall *call)
{
        g_queue_unlink(call->place, &call->link);
        if (call->place == &call->queue->under_way)
                call->queue->n_under_way[call->kind]--;
        call->place = NULL;
}

static QueuedCall *take_first(GQueue *calls)
{
        QueuedCall *call = g_queue_peek_head(calls);

        if (call)
                take_out(call);
        return call;
}

/* It is in no queue. */
static void queued_call_free(QueuedCall *call)
{
        sd_bus_slot_unref(call->slot);
        sd_bus_message_unref(call->message);
        g_free(call);
}

/* Takes the call, which is in no queue. */
static void answer(QueuedCall *call, sd_bus_message *reply, const sd_bus_error *error)
{
        if (call->answered)
                call->answered(reply, error, call->userdata);
        queued_call_free(call);
}

static void fail(QueuedCall *call, int r)
{
        auto_bus_error error = SD_BUS_ERROR_NULL;

        sd_bus_error_set_errno(&error, r);
        answer(call, NULL, &error);
}

/* Of all that were not answered the first, taken out. */
static QueuedCall *take_any(CallQueue *queue)
{
        QueuedCall *call = take_first(&queue->under_way);

        for (CallKind kind = 0; !call && kind < _CALL_KIND_MAX; kind++)
                call = take_first(&queue->waiting[kind]);
        return call;
}

CallQueue *call_queue_free(CallQueue *queue)
{
        QueuedCall *call;

        if (!queue)
                return NULL;
        while ((call = take_any(queue)))
                queued_call_free(call);
        sd_bus_unref(queue->bus);
        g_free(queue);
        return NULL;
}

sd_bus *call_queue_bus(const CallQueue *queue)
{
        return queue->bus;
}

/* Those who hear of the end of one call may give up others. */
void call_queue_set_bus(CallQueue *queue, sd_bus *bus)
{
        GQueue lost = G_QUEUE_INIT;
        QueuedCall *call;

        while ((call = take_any(queue))) {
                call->slot = sd_bus_slot_unref(call->slot);
                put(call, &lost);
        }
        sd_bus_unref(queue->bus);
        queue->bus = sd_bus_ref(bus);
        while ((call = take_first(&lost)))
                fail(call, -ECONNRESET);
}

static void send_waiting(CallQueue *queue);

static int on_reply(sd_bus_message *reply, void *userdata, sd_bus_error *unused)
{
        QueuedCall *call = userdata;
        const sd_bus_error *error = sd_bus_message_get_error(reply);

        take_out(call);
        send_waiting(call->queue);
        answer(call, error ? NULL : reply, error);
        return 1;
}

static int send_now(QueuedCall *call)
{
        int r = sd_bus_call_async(call->queue->bus, &call->slot, call->message, on_reply, call,
                        kinds[call->kind].timeout_usec);

        if (r < 0)
                return r;
        call->message = sd_bus_message_unref(call->message);
        put(call, &call->queue->under_way);
        return 0;
}

static bool has_room(const CallQueue *queue, CallKind kind)
{
        return queue->under_way.length < MAX_UNDER_WAY &&
               queue->n_under_way[kind] < kinds[kind].max;
}

static QueuedCall *take_next(CallQueue *queue)
{
        QueuedCall *call = NULL;

        for (CallKind kind = 0; !call && kind < _CALL_KIND_MAX; kind++)
                if (has_room(queue, kind))
                        call = take_first(&queue->waiting[kind]);
        return call;
}

static void send_waiting(CallQueue *queue)
{
        QueuedCall *call;

        while ((call = take_next(queue))) {
                int r = send_now(call);

                if (r < 0)
                        fail(call, r);
        }
}

int call_queue_send(CallQueue *queue, sd_bus_message *message, CallKind kind, CallAnswered answered,
                void *userdata, QueuedCall **ret)
{
        QueuedCall *call;
        GQueue *waiting;
        int r = 0;

        if (!queue->bus)
                return -ENOTCONN;
        call = g_new0(QueuedCall, 1);
        call->queue = queue;
        call->link.data = call;
        call->message = sd_bus_message_ref(message);
        call->kind = kind;
        call->answered = answered;
        call->userdata = userdata;
        waiting = &queue->waiting[kind];
        if (waiting->length == 0 && has_room(queue, kind))
                r = send_now(call);
        else
                put(call, waiting);
        if (r < 0) {
                queued_call_free(call);
                return r;
        }
        if (ret)
                *ret = call;
        return 0;
}

QueuedCall *queued_call_cancel(QueuedCall *call)
{
        if (!call)
                return NULL;
        call->answered = NULL;
        /* Or it is being answered. */
        if (!call->place || call->place == &call->queue->under_way)
                return NULL;
        take_out(call);
        queued_call_free(call);
        return NULL;
}
