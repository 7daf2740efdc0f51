/* Call queue: the method calls of one connection, of which only so many are under way at a time.
 *
 * A bus refuses the calls of who waits for more answers than it allows, 128 on that of a system.
 * The others wait here, in the order in which they came. What has been given up counts until it is
 * answered, as it does for the bus. */
#pragma once

#include <glib.h>
#include <systemd/sd-bus.h>

typedef struct CallQueue CallQueue;
typedef struct QueuedCall QueuedCall;

/* Exactly one of reply and error is there; both borrowed. */
typedef void (*CallAnswered)(sd_bus_message *reply, const sd_bus_error *error, void *userdata);

/* Only so many of each kind are under way. */
typedef enum CallKind {
        CALL_QUICK,
        /* Its answer is a descriptor, of which the daemon hands out few to one that may not read.
         */
        CALL_HANDOUT,
        /* Its answer depends on what processes do, and may take as long as that. */
        CALL_LONG,
        _CALL_KIND_MAX,
} CallKind;

CallQueue *call_queue_new(void);
/* Nobody is answered any more. */
CallQueue *call_queue_free(CallQueue *queue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CallQueue, call_queue_free)

/* Keeps a reference. Whatever was asked on another connection, or on none (NULL), is answered with
 * an error. */
void call_queue_set_bus(CallQueue *queue, sd_bus *bus);
sd_bus *call_queue_bus(const CallQueue *queue); /* NULL = none */

/* Takes a reference of the message. ret may be NULL; what it points to is valid until the call is
 * answered, which is not before this returns. Negative errno of sd-bus: then no answer comes. */
int call_queue_send(CallQueue *queue, sd_bus_message *message, CallKind kind, CallAnswered answered,
                void *userdata, QueuedCall **ret);
/* Gives up a call: no answer comes, and one that has not been sent is not sent. NULL is fine;
 * returns NULL. */
QueuedCall *queued_call_cancel(QueuedCall *call);
