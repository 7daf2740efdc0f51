/* Shared by the tests of the order and of what is left out. */

#include "tests/unit/queue-fixture.h"

bool push_type(Queue *queue, EventType type, uint64_t serial)
{
        g_autoptr(Event) event = event_new(type);

        event->serial = serial;
        return queue_push(queue, event);
}

bool push(Queue *queue, uint64_t serial)
{
        return push_type(queue, EVENT_SUPERVISOR_STATE_CHANGE_RUNNING, serial);
}

QueueItem *take(Queue *queue, uint64_t expected_serial)
{
        QueueItem *item = queue_take(queue);

        g_assert_nonnull(item);
        g_assert_cmpuint(item->event->serial, ==, expected_serial);
        return item;
}

void assert_progress(Queue *queue, uint64_t last, uint64_t cursor, uint64_t poolserial,
                size_t n_answered)
{
        QueueProgress progress;

        queue_progress(queue, last, &progress);
        g_assert_cmpuint(progress.cursor, ==, cursor);
        g_assert_cmpuint(progress.poolserial, ==, poolserial);
        g_assert_cmpuint(progress.n_answered, ==, n_answered);
}
