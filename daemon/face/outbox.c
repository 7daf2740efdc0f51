/* sd-bus tells the number of queued messages, not their size, and sends in order: so the sizes of
 * ours are kept in a queue of the same order, and shifted out as that number falls. */

#include "daemon/face/outbox.h"

#include <errno.h>

#include "bus/cleanup.h"

#define MAX_BYTES  (8 * 1024 * 1024)
#define STUCK_USEC UINT64_C(10000000)

struct Outbox {
        sd_bus *bus; /* borrowed */
        GQueue sizes;
        size_t bytes;
        sd_event_source *timer;              /* while something is queued */
        uint64_t sent;                       /* messages of ours, in all */
        uint64_t sent_before, queued_before; /* when the timer was set */
        void (*on_stuck)(void *userdata);
        void *userdata;
};

Outbox *outbox_new(sd_bus *bus, void (*on_stuck)(void *userdata), void *userdata)
{
        Outbox *outbox = g_new0(Outbox, 1);

        outbox->bus = bus;
        g_queue_init(&outbox->sizes);
        outbox->on_stuck = on_stuck;
        outbox->userdata = userdata;
        return outbox;
}

Outbox *outbox_free(Outbox *outbox)
{
        if (!outbox)
                return NULL;
        sd_event_source_disable_unref(outbox->timer);
        g_queue_clear(&outbox->sizes);
        g_free(outbox);
        return NULL;
}

static uint64_t queued(const Outbox *outbox)
{
        uint64_t n = 0;

        (void)sd_bus_get_n_queued_write(outbox->bus, &n);
        return n;
}

static void forget_written(Outbox *outbox)
{
        uint64_t left = queued(outbox);

        while (g_queue_get_length(&outbox->sizes) > left)
                outbox->bytes -= GPOINTER_TO_SIZE(g_queue_pop_head(&outbox->sizes));
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata);

static void watch_progress(Outbox *outbox)
{
        sd_event *event = sd_bus_get_event(outbox->bus);

        if (outbox->timer || !event)
                return;
        outbox->sent_before = outbox->sent;
        outbox->queued_before = queued(outbox);
        if (outbox->queued_before > 0)
                (void)sd_event_add_time_relative(event, &outbox->timer, CLOCK_MONOTONIC, STUCK_USEC,
                                0, on_timer, outbox);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        Outbox *outbox = userdata;
        uint64_t added = outbox->sent - outbox->sent_before;
        bool moved = queued(outbox) < outbox->queued_before + added;

        outbox->timer = sd_event_source_disable_unref(outbox->timer);
        if (moved)
                watch_progress(outbox);
        else
                outbox->on_stuck(outbox->userdata);
        return 0;
}

bool outbox_has_room(Outbox *outbox)
{
        forget_written(outbox);
        return outbox->bytes < MAX_BYTES;
}

int outbox_send(Outbox *outbox, sd_bus_message *message, size_t bytes)
{
        int r;

        if (!outbox_has_room(outbox))
                return -ENOBUFS;
        r = sd_bus_send(outbox->bus, message, NULL);
        if (r < 0)
                return r;
        outbox->sent++;
        outbox->bytes += bytes;
        g_queue_push_tail(&outbox->sizes, GSIZE_TO_POINTER(bytes));
        forget_written(outbox);
        watch_progress(outbox);
        return 0;
}
