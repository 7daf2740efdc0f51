/* Outbox: signals on their way to the bus, bounded in bytes.
 *
 * A bus that does not read must not make the daemon grow or wait: what does not fit is refused (it
 * is in the event log anyway), and a queue that has not moved for 10 seconds is reported, so that
 * the connection can be made anew. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <systemd/sd-bus.h>

typedef struct Outbox Outbox;

/* bus is borrowed. on_stuck is called from the loop. */
Outbox *outbox_new(sd_bus *bus, void (*on_stuck)(void *userdata), void *userdata);
Outbox *outbox_free(Outbox *outbox);

/* bytes is about what the message takes. -ENOBUFS when there is no room; negative errno of sd-bus.
 */
int outbox_send(Outbox *outbox, sd_bus_message *message, size_t bytes);
/* Room for something small? */
bool outbox_has_room(Outbox *outbox);
