/* Changes: PropertiesChanged of objects, from the loop and with a pause in between, so that a
 * process that goes through three states at once makes one, and one that is started again a
 * thousand times a second ten. None while nobody could hear it. */
#pragma once

#include <systemd/sd-bus.h>

#include "daemon/face/audience.h"
#include "daemon/face/host-seat.h"
#include "daemon/face/outbox.h"

typedef struct Changes Changes;

/* Tells the changes of one object. */
typedef void (*ChangesEmit)(sd_bus *bus, const void *object);

/* Where and to whom; all borrowed. */
typedef struct ChangesBus {
        sd_bus *bus;
        Outbox *outbox;
        const Audience *audience;
} ChangesBus;

/* seat is borrowed: whoever is in it looks at no properties. */
Changes *changes_new(sd_event *event, const HostSeat *seat);
Changes *changes_free(Changes *changes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Changes, changes_free)

/* What was noted for the bus before is forgotten; NULL = there is none now. */
void changes_set_bus(Changes *changes, const ChangesBus *bus);
/* The object, which is borrowed until it is forgotten, is not as it was told. */
void changes_note(Changes *changes, const void *object, ChangesEmit emit);
void changes_forget(Changes *changes, const void *object);
