/* Queue item: an event in the queue of its pool, and the lists that it goes through there. The
 * first two fields are for this module, the others the queue's. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "bus/event.h"

typedef struct QueueItem {
        GList link;   /* of the list that it is in */
        GQueue *list; /* that one; NULL = none */
        Event *event;
        uint64_t poolserial; /* given when the queue took the event, kept when it comes again */
        unsigned n_refused;
        uint64_t due_usec;   /* while delayed */
        bool is_letter;      /* it was given up before */
        unsigned n_merged;   /* once it is given out: older TICKs that it stands for */
        unsigned n_attempts; /* of a letter: those before it was given up */
} QueueItem;

/* Takes a reference of its own to the event. In no list. */
QueueItem *queue_item_new(const Event *event, uint64_t poolserial);
/* It must be in no list. */
void queue_item_free(QueueItem *item);

/* The older one by serial; a may be NULL. */
const QueueItem *queue_item_older(const QueueItem *a, const QueueItem *b);
/* Is there one of this serial? */
bool queue_item_is_in(const GQueue *list, uint64_t serial);

/* Each: it must be in no list before. Lists are of g_queue_init(), or zeros. */
void queue_item_append(QueueItem *item, GQueue *list);
void queue_item_insert_by_serial(QueueItem *item, GQueue *list);
void queue_item_insert_by_due(QueueItem *item, GQueue *list);
/* Takes it out of the list that it is in. */
void queue_item_leave(QueueItem *item);
/* Frees all that are in the list. */
void queue_item_free_all(GQueue *list);
