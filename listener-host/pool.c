/* A member that left keeps its seat: a listener that is started again gets its old turn, and which
 * process comes when does not depend on who crashed last. */

#include "listener-host/pool.h"

#include <limits.h>
#include <string.h>

#include "bus/host-log.h"

/* So long a member whose restart was asked for is waited for, before it is asked for again. */
#define RESTART_USEC (10 * UINT64_C(1000000))

typedef struct Seat {
        char *process;
        void *member; /* borrowed; NULL = none at present */
        QueueItem *in_hand;
        uint64_t given_usec;     /* when that was given */
        uint64_t condemned_usec; /* when its restart was last asked for; 0 = not */
        uint64_t n_delivered;
} Seat;

struct Pool {
        char *server;
        char *name;
        Queue *queue;
        PayloadStyle style;
        PayloadBuffer buffer;
        uint64_t timeout_usec; /* 0 = none */
        const PoolMember *methods;
        const PoolObserver *observer;
        void *userdata;     /* borrowed */
        GPtrArray *seats;   /* Seat */
        unsigned last_turn; /* the seat that got the last event */
        PoolCounts counts;
};

static void seat_free(Seat *seat)
{
        g_free(seat->process);
        g_free(seat);
}

Pool *pool_new(const char *server, const char *name, Queue *queue, const PoolMember *methods,
                const PoolObserver *observer, void *userdata)
{
        Pool *pool = g_new0(Pool, 1);

        pool->server = g_strdup(server);
        pool->name = g_strdup(name);
        pool->queue = queue;
        pool->methods = methods;
        pool->observer = observer;
        pool->userdata = userdata;
        pool->last_turn = UINT_MAX;
        payload_buffer_init(&pool->buffer);
        pool->seats = g_ptr_array_new_with_free_func((GDestroyNotify)seat_free);
        return pool;
}

Pool *pool_free(Pool *pool)
{
        if (!pool)
                return NULL;
        g_ptr_array_unref(pool->seats);
        queue_free(pool->queue);
        payload_buffer_clear(&pool->buffer);
        g_free(pool->name);
        g_free(pool->server);
        g_free(pool);
        return NULL;
}

void pool_set_style(Pool *pool, const PayloadStyle *style)
{
        pool->style = *style;
}

void pool_set_event_timeout(Pool *pool, uint64_t timeout_usec)
{
        pool->timeout_usec = timeout_usec;
}

const char *pool_name(const Pool *pool)
{
        return pool->name;
}

Queue *pool_queue(const Pool *pool)
{
        return pool->queue;
}

const PoolCounts *pool_counts(const Pool *pool)
{
        return &pool->counts;
}

bool pool_seat_at(const Pool *pool, unsigned position, PoolSeat *ret_seat)
{
        const Seat *seat;

        if (position >= pool->seats->len)
                return false;
        seat = pool->seats->pdata[position];
        *ret_seat = (PoolSeat){
                .process = seat->process,
                .member = seat->member,
                .n_delivered = seat->n_delivered,
                .in_hand = seat->in_hand ? seat->in_hand->event->serial : 0,
                .given_usec = seat->in_hand ? seat->given_usec : 0,
        };
        return true;
}

/* Supervisor's line, to the letter. */
static void discard(Pool *pool, const QueueItem *but_not)
{
        uint64_t serial;

        while ((serial = queue_discard(pool->queue, but_not)) > 0) {
                pool->counts.discarded++;
                log_error("pool %s event buffer overflowed, discarding event %" G_GUINT64_FORMAT,
                                pool->name, serial);
        }
}

bool pool_push(Pool *pool, const Event *event)
{
        if (!queue_push(pool->queue, event))
                return false;
        discard(pool, NULL);
        return true;
}

static Seat *find_seat(Pool *pool, const char *process)
{
        for (unsigned i = 0; i < pool->seats->len; i++) {
                Seat *seat = pool->seats->pdata[i];

                if (strcmp(seat->process, process) == 0)
                        return seat;
        }
        return NULL;
}

void pool_reserve(Pool *pool, const char *process)
{
        Seat *seat;

        if (find_seat(pool, process))
                return;
        seat = g_new0(Seat, 1);
        seat->process = g_strdup(process);
        g_ptr_array_add(pool->seats, seat);
}

void pool_join(Pool *pool, const char *process, void *member)
{
        Seat *seat;

        pool_reserve(pool, process);
        seat = find_seat(pool, process);
        g_assert(!seat->member);
        seat->member = member;
        seat->n_delivered = 0;
        seat->condemned_usec = 0;
}

void pool_leave(Pool *pool, const char *process)
{
        Seat *seat = find_seat(pool, process);

        g_assert(seat && !seat->in_hand);
        seat->member = NULL;
}

/* Who is to be restarted gets no event any more; who is not restarted after all does. */
static bool can_take(const Pool *pool, const Seat *seat, uint64_t now_usec)
{
        if (!seat->member || seat->in_hand)
                return false;
        if (seat->condemned_usec > 0 && now_usec < seat->condemned_usec + RESTART_USEC)
                return false;
        return pool->methods->is_ready(seat->member);
}

/* Seats are asked in turn, beginning behind the one that got the last event. */
static Seat *next_ready_seat(const Pool *pool, uint64_t now_usec)
{
        for (unsigned i = 1; i <= pool->seats->len; i++) {
                Seat *seat = pool->seats->pdata[(pool->last_turn + i) % pool->seats->len];

                if (can_take(pool, seat, now_usec))
                        return seat;
        }
        return NULL;
}

static void note_turn(Pool *pool, const Seat *seat)
{
        guint at;

        if (g_ptr_array_find(pool->seats, seat, &at))
                pool->last_turn = at;
}

static void log_given(const Pool *pool, const Seat *seat, const QueueItem *item)
{
        const Event *event = item->event;

        log_debug("event %" G_GUINT64_FORMAT " sent to listener %s", event->serial, seat->process);
        if (item->n_merged > 0)
                log_debug("pool %s: older %s left out: %u", pool->name,
                                event_type_to_string(event->type), item->n_merged);
}

static void give(Pool *pool, Seat *seat, QueueItem *item, uint64_t now_usec)
{
        uint64_t serial = item->event->serial;
        const GString *message;
        int r;

        note_turn(pool, seat);
        payload_make(&pool->buffer, item->event, pool->server, pool->name, item->poolserial,
                        &pool->style);
        message = pool->buffer.message;
        r = pool->methods->give(seat->member, message->str, message->len);
        if (r >= 0) {
                seat->in_hand = item;
                seat->given_usec = now_usec;
                seat->condemned_usec = 0;
                log_given(pool, seat, item);
                return;
        }
        log_debug("event %" G_GUINT64_FORMAT " cannot be sent to listener %s: %s", serial,
                        seat->process, g_strerror(-r));
        queue_put_back(pool->queue, item);
}

void pool_note_violation(Pool *pool)
{
        pool->counts.violations++;
}

void pool_hand_out(Pool *pool, uint64_t now_usec)
{
        Seat *seat;

        queue_end_delays(pool->queue, now_usec);
        /* Whoever could not be given anything is not ready afterwards, so this ends. */
        while ((seat = next_ready_seat(pool, now_usec))) {
                QueueItem *item = queue_take(pool->queue);

                if (!item)
                        return;
                give(pool, seat, item, now_usec);
        }
}

static uint64_t seat_due(const Pool *pool, const Seat *seat)
{
        if (seat->member && seat->condemned_usec > 0)
                return seat->condemned_usec + RESTART_USEC;
        return seat->in_hand && pool->timeout_usec > 0 ? seat->given_usec + pool->timeout_usec
                                                       : QUEUE_NEVER;
}

uint64_t pool_next_due(const Pool *pool)
{
        uint64_t due = queue_next_due(pool->queue);

        for (unsigned i = 0; i < pool->seats->len; i++)
                due = MIN(due, seat_due(pool, pool->seats->pdata[i]));
        return due;
}

static void condemn(const Pool *pool, Seat *seat, uint64_t now_usec)
{
        if (seat->condemned_usec == 0)
                log_warn("pool %s: listener %s has not answered event %" G_GUINT64_FORMAT
                         " within %g s, and is restarted",
                                pool->name, seat->process, seat->in_hand->event->serial,
                                pool->timeout_usec / 1e6);
        seat->condemned_usec = now_usec;
}

const char *pool_take_overdue(Pool *pool, uint64_t now_usec)
{
        for (unsigned i = 0; i < pool->seats->len; i++) {
                Seat *seat = pool->seats->pdata[i];

                if (seat_due(pool, seat) > now_usec)
                        continue;
                if (seat->in_hand && pool->timeout_usec > 0) {
                        condemn(pool, seat, now_usec);
                        return seat->process;
                }
                seat->condemned_usec = 0;
        }
        return NULL;
}

unsigned pool_item_attempts(const QueueItem *item)
{
        return item->n_attempts + item->n_refused;
}

static void log_retry(const Pool *pool, const QueueItem *item, const char *reason)
{
        unsigned max = queue_max_attempts(pool->queue);
        g_autofree char *limit = max > 0 ? g_strdup_printf(" of %u", max) : g_strdup("");

        log_debug("rebuffering event %" G_GUINT64_FORMAT " for pool %s (attempt %u%s: %s)",
                        item->event->serial, pool->name, item->n_refused, limit, reason);
}

static void refuse(Pool *pool, QueueItem *item, const char *process, const char *reason,
                uint64_t now_usec)
{
        uint64_t serial = item->event->serial;

        if (queue_refuse(pool->queue, item, now_usec)) {
                pool->counts.retried++;
                log_retry(pool, item, reason);
                discard(pool, item);
                return;
        }
        pool->counts.given_up++;
        log_error("pool %s gives up event %" G_GUINT64_FORMAT
                  " (%s) after %u attempts, the last by %s: %s; %" G_GUINT64_FORMAT
                  " given up in all",
                        pool->name, serial, event_type_to_string(item->event->type),
                        pool_item_attempts(item), process, reason, pool->counts.given_up);
        pool->observer->given_up(item, process, reason, pool->userdata);
}

static void accept(Pool *pool, const Seat *seat, QueueItem *item)
{
        uint64_t serial = item->event->serial;
        bool is_letter = item->is_letter;

        if (seat->condemned_usec > 0)
                log_info("pool %s: listener %s has answered event %" G_GUINT64_FORMAT
                         " after all, which counts",
                                pool->name, seat->process, serial);
        pool->counts.delivered++;
        queue_finish(pool->queue, item);
        if (is_letter)
                pool->observer->letter_accepted(serial, pool->userdata);
}

static char *late_reason(const Pool *pool)
{
        return g_strdup_printf("no answer within %g s", pool->timeout_usec / 1e6);
}

void pool_conclude(Pool *pool, const char *process, PoolOutcome outcome, const char *reason,
                uint64_t now_usec)
{
        Seat *seat = find_seat(pool, process);
        g_autofree char *late = NULL;
        QueueItem *item;

        g_assert(seat && seat->in_hand);
        item = g_steal_pointer(&seat->in_hand);
        if (seat->condemned_usec > 0)
                reason = late = late_reason(pool);
        switch (outcome) {
        case POOL_ACCEPTED:
                seat->n_delivered++;
                accept(pool, seat, item);
                return;
        case POOL_REFUSED:
                refuse(pool, item, process, reason, now_usec);
                return;
        case POOL_NOT_DELIVERED:
                queue_put_back(pool->queue, item);
                return;
        }
        g_assert_not_reached();
}
