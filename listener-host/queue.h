/* Queue: the events of a pool that are not dealt with yet, those in the hands of listeners
 * included.
 *
 * Holds at most the number given at creation; what does not fit stays in the event log of the
 * daemon and is fetched when there is room. Gives events out oldest first. A refused one comes
 * again: the first time at once and in order, then after growing delays while later events go on,
 * until it is given up; it stays here until somebody else has it. So what is delayed takes no room,
 * as long as it is not too much. Of the TICKs of a type that wait only the newest is given out.
 * Knows no loop, listener or bus; time is an argument, in microseconds of CLOCK_MONOTONIC.
 *
 * Where the oldest are discarded it is Supervisor's buffer: those in hand do not count, and all
 * TICKs are given out.
 *
 * Letters are dead letters that are tried again: older than the cursor, they are given out and
 * refused like any other event, but are no part of the progress and take no room. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "bus/pool-options.h"
#include "listener-host/attempts.h"
#include "listener-host/queue-item.h"

/* Serials above the cursor that are remembered as answered. When there are so many, nothing but the
 * oldest event is given out, without its delay, until the cursor moves on. One that a listener has
 * in its hands, perhaps for ever, holds up nobody: later ones go on, and those that are no longer
 * remembered come again if the host should end before it is answered. */
#define QUEUE_MAX_ANSWERED 4096

/* So many letters at once, and so many besides that are delayed. */
#define QUEUE_MAX_LETTERS         16
#define QUEUE_MAX_DELAYED_LETTERS 64

/* So many delayed events and bytes of them take no room. */
#define QUEUE_MAX_DELAYED       1000
#define QUEUE_MAX_DELAYED_BYTES (4 * 1024 * 1024)

#define QUEUE_NEVER UINT64_MAX

typedef struct Queue Queue;

typedef struct QueueProgress {
        uint64_t cursor;          /* everything up to this serial is dealt with */
        uint64_t poolserial;      /* of the first event above the cursor */
        const uint64_t *answered; /* above the cursor, but dealt with; the queue's, until its next
                                     call */
        size_t n_answered;
        const Attempt *attempts; /* of events above the cursor that are not answered; likewise */
        size_t n_attempts;
} QueueProgress;

/* answered: serials (any order) that need no delivery; poolserial: the number of the next event. */
Queue *queue_new(size_t max_events, const uint64_t *answered, size_t n_answered,
                uint64_t poolserial);
Queue *queue_free(Queue *queue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Queue, queue_free)

/* What is known of events that are yet to come: they failed so often already. */
void queue_note_attempts(Queue *queue, const Attempt *attempts, size_t n_attempts);

/* Another number of events at most; what is there already stays. */
void queue_set_max(Queue *queue, size_t max_events);
/* So often is an event given out until it is given up; 0 = any number, which is so at first. */
void queue_set_max_attempts(Queue *queue, unsigned max_attempts);
unsigned queue_max_attempts(const Queue *queue);
/* At first they are kept. */
void queue_set_overflow(Queue *queue, PoolOverflow overflow);

/* How many wait, those that are delayed included, and how many are in the hands of listeners. */
size_t queue_n_waiting(const Queue *queue);
size_t queue_n_in_hand(const Queue *queue);
/* How many more events fit. Any number, when the oldest are discarded. */
size_t queue_room(const Queue *queue);
/* How many would be given out if there were listeners for them. */
size_t queue_n_due(const Queue *queue);
/* When the next delayed event is due; QUEUE_NEVER when there is none. */
uint64_t queue_next_due(const Queue *queue);

/* How far the pool is; last is the serial up to which events were pushed or concern it not. */
void queue_progress(const Queue *queue, uint64_t last, QueueProgress *ret);

/* Takes a reference of its own. Serials must grow. False when there is no room. One that was
 * answered before gets its number and is gone at once. */
bool queue_push(Queue *queue, const Event *event);

/* Of events that are discarded: the oldest one that waits, when more wait than may. Never the one
 * given (NULL = none), which was refused just now. Its serial; 0 when none has to go. */
uint64_t queue_discard(Queue *queue, const QueueItem *but_not);

/* A TICK of that type has come, and will be pushed: older ones that wait are not wanted any more.
 */
void queue_note_tick(Queue *queue, EventType type, uint64_t serial);

/* How many more letters fit. */
size_t queue_letter_room(const Queue *queue);
/* Takes a reference of its own. Once more what is there already is left as it is. False when there
 * is no room. */
bool queue_push_letter(Queue *queue, const Event *event, uint64_t poolserial, unsigned n_attempts);

/* Delayed events whose time has come can be given out again. */
void queue_end_delays(Queue *queue, uint64_t now_usec);
/* The next event to hand out, which stays the queue's; NULL when there is none now. It ends with
 * exactly one of the three below. */
QueueItem *queue_take(Queue *queue);
/* It is dealt with; also after it was given up. */
void queue_finish(Queue *queue, QueueItem *item);
/* It was never delivered: back to where it was. */
void queue_put_back(Queue *queue, QueueItem *item);
/* It was refused: it will come again. False when it is given up instead: it is kept, counts as not
 * dealt with, and ends with queue_finish(). */
bool queue_refuse(Queue *queue, QueueItem *item, uint64_t now_usec);
