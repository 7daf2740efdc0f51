/* Outbox: signals on their way to the bus, bounded in bytes.
 *
 * A bus that does not read must not make the daemon grow or wait: what does not fit is refused (it
 * is in the event log anyway). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <systemd/sd-bus.h>

typedef struct Outbox Outbox;

/* bus is borrowed. */
Outbox *outbox_new(sd_bus *bus);
Outbox *outbox_free(Outbox *outbox);

/* bytes is about what the message takes. -ENOBUFS when there is no room; negative errno of sd-bus.
 */
int outbox_send(Outbox *outbox, sd_bus_message *message, size_t bytes);
/* Room for something small? */
bool outbox_has_room(Outbox *outbox);
