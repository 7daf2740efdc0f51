/* Bus queue: calls to the daemon, of which only so many are under way at a time.
 *
 * A bus forgets the answers of who has more calls under way than it allows. Those that may take
 * long leave room for the others. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-bus.h>

typedef struct BusQueue BusQueue;

/* Exactly one of reply and error is there; both borrowed. */
typedef void (*BusAnswered)(sd_bus_message *reply, const sd_bus_error *error, void *userdata);

BusQueue *bus_queue_new(void);
/* Nobody is answered any more. */
BusQueue *bus_queue_free(BusQueue *queue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BusQueue, bus_queue_free)

/* Keeps a reference. Whatever was asked on another connection, or on none (NULL), is answered with
 * an error. */
void bus_queue_set_bus(BusQueue *queue, sd_bus *bus);
sd_bus *bus_queue_bus(const BusQueue *queue); /* NULL = none */

/* Takes a reference of the message. Answers once, perhaps before it returns. may_take_long: its
 * answer depends on what processes do. */
void bus_queue_call(BusQueue *queue, sd_bus_message *message, bool may_take_long,
                BusAnswered answered, void *userdata);
