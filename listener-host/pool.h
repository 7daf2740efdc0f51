/* Pool: one [eventlistener:x] section: its queue, and the listeners that share it.
 *
 * Gives events to the members that are ready, in turn. Knows no loop, descriptor or bus: a member
 * is anything with the two functions of PoolMember, time is an argument (microseconds of
 * CLOCK_MONOTONIC). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "listener-host/payload.h"
#include "listener-host/queue.h"

typedef struct Pool Pool;

typedef struct PoolMember {
        bool (*is_ready)(void *member);
        /* Header and payload of one event. Negative errno when the member cannot get it. */
        int (*give)(void *member, const char *message, size_t size);
} PoolMember;

typedef enum PoolOutcome {
        POOL_ACCEPTED,
        POOL_REFUSED,
        POOL_NOT_DELIVERED,
} PoolOutcome;

/* What ends otherwise than by an answer that everybody expects; from pool_conclude(). */
typedef struct PoolObserver {
        /* Refused for the last time. The item stays in the queue until queue_finish(). process and
         * reason are those of the last attempt. */
        void (*given_up)(QueueItem *item, const char *process, const char *reason, void *userdata);
        /* A letter was accepted, and is out of the queue. */
        void (*letter_accepted)(uint64_t serial, void *userdata);
} PoolObserver;
/* Events since the pool began. */
typedef struct PoolCounts {
        uint64_t delivered;  /* and answered with OK */
        uint64_t retried;    /* deliveries that failed, after which the event came again */
        uint64_t violations; /* of the protocol */
        uint64_t given_up;
        uint64_t discarded; /* for want of room */
} PoolCounts;

/* A process that has its turn. */
typedef struct PoolSeat {
        const char *process;
        void *member;         /* NULL = none at present */
        uint64_t n_delivered; /* to this member, and answered with OK */
        uint64_t in_hand;     /* serial of the event that it has; 0 = none */
        uint64_t given_usec;  /* when it got that */
} PoolSeat;

/* server is the identifier of the daemon; takes the queue. */
Pool *pool_new(const char *server, const char *name, Queue *queue, const PoolMember *methods,
                const PoolObserver *observer, void *userdata);
Pool *pool_free(Pool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pool, pool_free)

/* For what is handed out from now on; the classic one at first. */
void pool_set_style(Pool *pool, const PayloadStyle *style);
/* So long may a member have an event in hand; 0 = for ever, which is so at first. */
void pool_set_event_timeout(Pool *pool, uint64_t timeout_usec);

const char *pool_name(const Pool *pool);
Queue *pool_queue(const Pool *pool);
const PoolCounts *pool_counts(const Pool *pool);
/* One after the other, in the order of their turns; false after the last. *ret_seat borrows from
 * the pool. */
bool pool_seat_at(const Pool *pool, unsigned position, PoolSeat *ret_seat);

/* False when there is no room, and nothing is to be discarded for it. */
bool pool_push(Pool *pool, const Event *event);

/* Keeps a place in the order for a process of this name. */
void pool_reserve(Pool *pool, const char *process);
/* member: borrowed. The process must have no member at present. */
void pool_join(Pool *pool, const char *process, void *member);
/* The member must have no event in hand. */
void pool_leave(Pool *pool, const char *process);

/* A member did what the protocol does not allow. */
void pool_note_violation(Pool *pool);

/* Hands out what can be handed out. */
void pool_hand_out(Pool *pool, uint64_t now_usec);
/* When to hand out again, and to look for the overdue; QUEUE_NEVER when not by the clock. */
uint64_t pool_next_due(const Pool *pool);
/* The process of a member that has had its event for too long, and is to be restarted; NULL when
 * there is none any more. It gets no other event; the one that it has is concluded as always, and
 * an answer that it still gives counts. When it goes on living it is told again in a while. */
const char *pool_take_overdue(Pool *pool, uint64_t now_usec);

/* How often the event of the item has been refused, before it was given up for the first time too.
 */
unsigned pool_item_attempts(const QueueItem *item);

/* The member is through with the event that it was given; reason says why it was refused. */
void pool_conclude(Pool *pool, const char *process, PoolOutcome outcome, const char *reason,
                uint64_t now_usec);
