/* Four lists hold each item in exactly one of them: waiting (by serial), delayed (by time), in hand
 * and given up. "At once and in order" and "comes back when its delay is over" are then the same
 * step, an insertion by serial, and it is short because what comes again is older than nearly
 * everything else. */

#include "listener-host/queue.h"

#include "listener-host/answered.h"

#define USEC_PER_SEC UINT64_C(1000000)

struct Queue {
        size_t max_events;
        unsigned max_attempts; /* 0 = any number */
        PoolOverflow overflow;
        uint64_t next_poolserial;
        uint64_t last_serial; /* of the event that was pushed last */
        GQueue waiting;       /* QueueItem, by serial */
        GQueue delayed;       /* QueueItem, by due_usec */
        GQueue in_hand;       /* QueueItem */
        GQueue given_up;      /* QueueItem */
        size_t n_letters;     /* in all four */
        size_t n_delayed;     /* that are no letters */
        size_t delayed_bytes; /* of these */
        Answered *answered;
        Attempts *attempts; /* of all that is not answered */
        uint64_t newest_tick[_EVENT_TYPE_MAX];
        unsigned n_merged[_EVENT_TYPE_MAX]; /* since one of that type was given out */
};

Queue *queue_new(
                size_t max_events, const uint64_t *answered, size_t n_answered, uint64_t poolserial)
{
        Queue *queue = g_new0(Queue, 1);

        queue->max_events = MAX(max_events, 1);
        queue->next_poolserial = poolserial;
        queue->answered = answered_new(QUEUE_MAX_ANSWERED, answered, n_answered);
        queue->attempts = attempts_new();
        return queue;
}

Queue *queue_free(Queue *queue)
{
        if (!queue)
                return NULL;
        queue_item_free_all(&queue->waiting);
        queue_item_free_all(&queue->delayed);
        queue_item_free_all(&queue->in_hand);
        queue_item_free_all(&queue->given_up);
        answered_free(queue->answered);
        attempts_free(queue->attempts);
        g_free(queue);
        return NULL;
}

void queue_note_attempts(Queue *queue, const Attempt *attempts, size_t n_attempts)
{
        for (size_t i = 0; i < n_attempts; i++)
                attempts_note(queue->attempts, attempts[i].serial, attempts[i].n_failed);
}

void queue_set_max(Queue *queue, size_t max_events)
{
        queue->max_events = MAX(max_events, 1);
}

void queue_set_max_attempts(Queue *queue, unsigned max_attempts)
{
        queue->max_attempts = max_attempts;
}

unsigned queue_max_attempts(const Queue *queue)
{
        return queue->max_attempts;
}

void queue_set_overflow(Queue *queue, PoolOverflow overflow)
{
        queue->overflow = overflow;
}

size_t queue_n_waiting(const Queue *queue)
{
        return queue->waiting.length + queue->delayed.length;
}

size_t queue_n_in_hand(const Queue *queue)
{
        return queue->in_hand.length;
}

static bool discards(const Queue *queue)
{
        return queue->overflow == POOL_OVERFLOW_DISCARD;
}

size_t queue_room(const Queue *queue)
{
        size_t used = queue_n_waiting(queue) + queue_n_in_hand(queue) + queue->given_up.length -
                      queue->n_letters;

        if (discards(queue))
                return SIZE_MAX;
        if (queue->n_delayed <= QUEUE_MAX_DELAYED &&
                        queue->delayed_bytes <= QUEUE_MAX_DELAYED_BYTES)
                used -= queue->n_delayed;
        return used < queue->max_events ? queue->max_events - used : 0;
}

size_t queue_n_due(const Queue *queue)
{
        return queue->waiting.length;
}

uint64_t queue_next_due(const Queue *queue)
{
        const QueueItem *first = g_queue_peek_head((GQueue *)&queue->delayed);

        return first ? first->due_usec : QUEUE_NEVER;
}

/* The older one; a letter is none of those that count. */
static const QueueItem *older(const QueueItem *a, const QueueItem *b)
{
        if (b->is_letter)
                return a;
        return queue_item_older(a, b);
}

static const QueueItem *oldest_of(const GQueue *items, const QueueItem *oldest)
{
        for (const GList *link = items->head; link; link = link->next)
                oldest = older(oldest, link->data);
        return oldest;
}

static const QueueItem *oldest_waiting(const Queue *queue)
{
        for (const GList *link = queue->waiting.head; link; link = link->next)
                if (!((const QueueItem *)link->data)->is_letter)
                        return link->data;
        return NULL;
}

static const QueueItem *oldest_item(const Queue *queue)
{
        const QueueItem *oldest = oldest_waiting(queue);

        oldest = oldest_of(&queue->delayed, oldest);
        oldest = oldest_of(&queue->in_hand, oldest);
        return oldest_of(&queue->given_up, oldest);
}

void queue_progress(const Queue *queue, uint64_t last, QueueProgress *ret)
{
        const QueueItem *oldest = oldest_item(queue);

        *ret = (QueueProgress){
                .cursor = oldest ? oldest->event->serial - 1 : last,
                .poolserial = oldest ? oldest->poolserial : queue->next_poolserial,
        };
        ret->answered = answered_list(queue->answered, &ret->n_answered);
        ret->attempts = attempts_list(queue->attempts, &ret->n_attempts);
}

static bool waits_for_oldest(const Queue *queue)
{
        const QueueItem *oldest = answered_is_full(queue->answered) ? oldest_item(queue) : NULL;

        return oldest && (oldest->list == &queue->waiting || oldest->list == &queue->delayed);
}

static void finish_event(Queue *queue, uint64_t serial)
{
        const QueueItem *oldest;
        uint64_t pending; /* all below it is dealt with */

        attempts_forget(queue->attempts, serial);
        oldest = oldest_item(queue);
        pending = oldest ? oldest->event->serial : queue->last_serial + 1;
        if (serial > pending)
                answered_note(queue->answered, serial);
        answered_forget_below(queue->answered, pending);
        attempts_forget_below(queue->attempts, pending);
}

/* Without ever having been given out, so there may be any number of them: when no more serials can
 * be remembered, another host may come upon it again. */
static void drop_event(Queue *queue, uint64_t serial)
{
        if (answered_is_full(queue->answered))
                attempts_forget(queue->attempts, serial);
        else
                finish_event(queue, serial);
}

/* Stale TICKs. */

static bool is_merged(const Queue *queue, EventType type)
{
        return !discards(queue) && event_type_tick_period(type) > 0;
}

/* What was in hand before is no matter of the past. */
static QueueItem *find_stale_tick(const Queue *queue, EventType type, uint64_t serial)
{
        for (GList *link = queue->waiting.head; link; link = link->next) {
                QueueItem *item = link->data;

                if (item->event->type == type && item->event->serial < serial &&
                                item->n_refused == 0 && !item->is_letter)
                        return item;
        }
        return NULL;
}

void queue_note_tick(Queue *queue, EventType type, uint64_t serial)
{
        QueueItem *stale;

        if (!is_merged(queue, type) || serial <= queue->newest_tick[type])
                return;
        queue->newest_tick[type] = serial;
        while ((stale = find_stale_tick(queue, type, serial))) {
                queue_item_leave(stale);
                drop_event(queue, stale->event->serial);
                queue_item_free(stale);
                queue->n_merged[type]++;
        }
}

static bool is_stale_tick(const Queue *queue, const Event *event)
{
        return is_merged(queue, event->type) && event->serial < queue->newest_tick[event->type] &&
               attempts_find(queue->attempts, event->serial) == 0;
}

/* It gets its number, and is gone. */
static bool pass(Queue *queue, const Event *event)
{
        bool is_answered = answered_has(queue->answered, event->serial);

        if (!is_answered && !is_stale_tick(queue, event))
                return false;
        queue->last_serial = event->serial;
        queue->next_poolserial++;
        if (is_answered)
                return true;
        drop_event(queue, event->serial);
        queue->n_merged[event->type]++;
        return true;
}

bool queue_push(Queue *queue, const Event *event)
{
        QueueItem *item;

        queue_note_tick(queue, event->type, event->serial);
        if (pass(queue, event))
                return true;
        if (queue_room(queue) == 0)
                return false;
        queue->last_serial = event->serial;
        item = queue_item_new(event, queue->next_poolserial++);
        item->n_refused = attempts_find(queue->attempts, event->serial);
        queue_item_append(item, &queue->waiting);
        return true;
}

size_t queue_letter_room(const Queue *queue)
{
        size_t delayed = MIN(queue->delayed.length - queue->n_delayed, QUEUE_MAX_DELAYED_LETTERS);
        size_t used = queue->n_letters - delayed;

        return used < QUEUE_MAX_LETTERS ? QUEUE_MAX_LETTERS - used : 0;
}

bool queue_push_letter(Queue *queue, const Event *event, uint64_t poolserial, unsigned n_attempts)
{
        uint64_t serial = event->serial;
        QueueItem *item;

        if (queue_item_is_in(&queue->waiting, serial) ||
                        queue_item_is_in(&queue->delayed, serial) ||
                        queue_item_is_in(&queue->in_hand, serial) ||
                        queue_item_is_in(&queue->given_up, serial))
                return true;
        if (queue_letter_room(queue) == 0)
                return false;
        item = queue_item_new(event, poolserial);
        item->is_letter = true;
        item->n_attempts = n_attempts;
        queue->n_letters++;
        queue_item_insert_by_serial(item, &queue->waiting);
        return true;
}

static void delay(Queue *queue, QueueItem *item, uint64_t due_usec)
{
        item->due_usec = due_usec;
        queue_item_insert_by_due(item, &queue->delayed);
        if (item->is_letter)
                return;
        queue->n_delayed++;
        queue->delayed_bytes += event_size(item->event);
}

static void end_delay(Queue *queue, QueueItem *item)
{
        queue_item_leave(item);
        if (item->is_letter)
                return;
        queue->n_delayed--;
        queue->delayed_bytes -= event_size(item->event);
}

static QueueItem *end_first_delay(Queue *queue)
{
        QueueItem *item = g_queue_peek_head(&queue->delayed);

        end_delay(queue, item);
        return item;
}

void queue_end_delays(Queue *queue, uint64_t now_usec)
{
        while (queue->delayed.length > 0 &&
                        (waits_for_oldest(queue) || queue_next_due(queue) <= now_usec))
                queue_item_insert_by_serial(end_first_delay(queue), &queue->waiting);
}

QueueItem *queue_take(Queue *queue)
{
        QueueItem *item = g_queue_peek_head(&queue->waiting);

        if (!item || (!item->is_letter && waits_for_oldest(queue) && item != oldest_item(queue)))
                return NULL;
        queue_item_leave(item);
        queue_item_append(item, &queue->in_hand);
        item->n_merged = 0;
        if (!item->is_letter && item->n_refused == 0)
                item->n_merged = queue->n_merged[item->event->type];
        queue->n_merged[item->event->type] -= item->n_merged;
        return item;
}

static void leave_hand(Queue *queue, QueueItem *item)
{
        g_assert(item->list == &queue->in_hand);
        queue_item_leave(item);
}

void queue_finish(Queue *queue, QueueItem *item)
{
        g_assert(item->list == &queue->in_hand || item->list == &queue->given_up);
        queue_item_leave(item);
        if (item->is_letter)
                queue->n_letters--;
        else
                finish_event(queue, item->event->serial);
        queue_item_free(item);
}

void queue_put_back(Queue *queue, QueueItem *item)
{
        leave_hand(queue, item);
        queue_item_insert_by_serial(item, &queue->waiting);
}

/* After the first retry, which waits for nothing: 1, 2, 4 … seconds, never more than a minute. */
static uint64_t delay_after(unsigned n_refused)
{
        return MIN(USEC_PER_SEC << MIN(n_refused - 2, 10), 60 * USEC_PER_SEC);
}

bool queue_refuse(Queue *queue, QueueItem *item, uint64_t now_usec)
{
        item->n_refused++;
        if (queue->max_attempts > 0 && item->n_refused >= queue->max_attempts) {
                leave_hand(queue, item);
                queue_item_append(item, &queue->given_up);
                return false;
        }
        if (!item->is_letter)
                attempts_note(queue->attempts, item->event->serial, item->n_refused);
        if (item->n_refused == 1) {
                queue_put_back(queue, item);
                return true;
        }
        leave_hand(queue, item);
        delay(queue, item, now_usec + delay_after(item->n_refused));
        return true;
}

/* Those that wait in front of a listener, as in Supervisor's buffer. */
static size_t n_in_line(const Queue *queue)
{
        size_t n = queue->waiting.length + queue->n_delayed;

        if (queue->n_letters == 0)
                return n;
        for (const GList *link = queue->waiting.head; link; link = link->next)
                n -= ((const QueueItem *)link->data)->is_letter;
        return n;
}

static const QueueItem *oldest_in_line(const Queue *queue, const QueueItem *but_not)
{
        const QueueItem *oldest = NULL;

        for (const GList *link = queue->waiting.head; link && !oldest; link = link->next)
                if (link->data != but_not)
                        oldest = older(NULL, link->data);
        for (const GList *link = queue->delayed.head; link; link = link->next)
                if (link->data != but_not)
                        oldest = older(oldest, link->data);
        return oldest;
}

uint64_t queue_discard(Queue *queue, const QueueItem *but_not)
{
        QueueItem *oldest;
        uint64_t serial;

        if (!discards(queue) || n_in_line(queue) <= queue->max_events)
                return 0;
        oldest = (QueueItem *)oldest_in_line(queue, but_not);
        if (!oldest)
                return 0;
        serial = oldest->event->serial;
        if (oldest->list == &queue->delayed)
                end_delay(queue, oldest);
        else
                queue_item_leave(oldest);
        drop_event(queue, serial);
        queue_item_free(oldest);
        return serial;
}
