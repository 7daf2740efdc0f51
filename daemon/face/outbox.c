/* sd-bus tells the number of queued messages, not their size, and sends in order: so the sizes of
 * ours are kept in a queue of the same order, and shifted out as that number falls. */

#include "daemon/face/outbox.h"

#include <errno.h>

#include "bus/cleanup.h"

#define MAX_BYTES (8 * 1024 * 1024)

struct Outbox {
        sd_bus *bus; /* borrowed */
        GQueue sizes;
        size_t bytes;
};

Outbox *outbox_new(sd_bus *bus)
{
        Outbox *outbox = g_new0(Outbox, 1);

        outbox->bus = bus;
        g_queue_init(&outbox->sizes);
        return outbox;
}

Outbox *outbox_free(Outbox *outbox)
{
        if (!outbox)
                return NULL;
        g_queue_clear(&outbox->sizes);
        g_free(outbox);
        return NULL;
}

static void forget_written(Outbox *outbox)
{
        uint64_t left = 0;

        (void)sd_bus_get_n_queued_write(outbox->bus, &left);
        while (g_queue_get_length(&outbox->sizes) > left)
                outbox->bytes -= GPOINTER_TO_SIZE(g_queue_pop_head(&outbox->sizes));
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
        outbox->bytes += bytes;
        g_queue_push_tail(&outbox->sizes, GSIZE_TO_POINTER(bytes));
        forget_written(outbox);
        return 0;
}
