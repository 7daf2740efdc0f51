/* Events here are of one type, told apart by their serial alone. */

#include "tests/unit/queue-fixture.h"

#define SECOND       UINT64_C(1000000)
#define MAX_ATTEMPTS 10

static void test_order_and_numbers(void)
{
        g_autoptr(Queue) queue = queue_new(10, NULL, 0, 7);

        g_assert_null(queue_take(queue));
        push(queue, 3);
        push(queue, 8);
        g_assert_cmpuint(take(queue, 3)->poolserial, ==, 7);
        g_assert_cmpuint(take(queue, 8)->poolserial, ==, 8);
        g_assert_null(queue_take(queue));
}

/* What there is stays, also when it is more than there may be from now on. */
static void test_set_max(void)
{
        g_autoptr(Queue) queue = queue_new(3, NULL, 0, 0);

        for (uint64_t serial = 1; serial <= 3; serial++)
                g_assert_true(push(queue, serial));
        queue_set_max(queue, 1);
        g_assert_cmpuint(queue_room(queue), ==, 0);
        queue_finish(queue, take(queue, 1));
        queue_finish(queue, take(queue, 2));
        g_assert_false(push(queue, 4));
        queue_set_max(queue, 2);
        g_assert_true(push(queue, 4));
        take(queue, 3);
        g_assert_cmpuint(take(queue, 4)->poolserial, ==, 3);
}

/* What is in the hands of listeners takes room too, what is delayed does not. */
static void test_room(void)
{
        g_autoptr(Queue) queue = queue_new(3, NULL, 0, 0);
        QueueItem *item;

        g_assert_cmpuint(queue_room(queue), ==, 3);
        push(queue, 1);
        push(queue, 2);
        push(queue, 3);
        g_assert_false(push(queue, 4));
        item = take(queue, 1);
        g_assert_false(push(queue, 4));
        queue_refuse(queue, item, 0);
        g_assert_false(push(queue, 4));
        queue_refuse(queue, take(queue, 1), 0);
        g_assert_cmpuint(queue_room(queue), ==, 1);
        g_assert_true(push(queue, 4));
        g_assert_false(push(queue, 5));
        queue_finish(queue, take(queue, 2));
        g_assert_cmpuint(queue_room(queue), ==, 1);
        queue_end_delays(queue, QUEUE_NEVER);
        g_assert_cmpuint(queue_room(queue), ==, 0);
        g_assert_cmpuint(take(queue, 1)->poolserial, ==, 0);
        g_assert_cmpuint(take(queue, 3)->poolserial, ==, 2);
        g_assert_cmpuint(take(queue, 4)->poolserial, ==, 3);
}

/* Where everything is refused the events that are delayed are bounded all the same. */
static void test_delayed_are_bounded(void)
{
        g_autoptr(Queue) queue = queue_new(1, NULL, 0, 0);
        uint64_t serial = 0;

        while (push(queue, serial + 1)) {
                serial++;
                queue_refuse(queue, take(queue, serial), 0);
                queue_refuse(queue, take(queue, serial), 0);
        }
        g_assert_cmpuint(serial, ==, QUEUE_MAX_DELAYED + 1);
        queue_end_delays(queue, QUEUE_NEVER);
        for (uint64_t each = 1; each <= serial; each++)
                queue_finish(queue, take(queue, each));
        g_assert_cmpuint(queue_room(queue), ==, 1);
}

/* What has to wait by itself is not due: it must not keep others from being fetched. */
static void test_due(void)
{
        g_autoptr(Queue) queue = queue_new(10, NULL, 0, 0);

        g_assert_cmpuint(queue_n_due(queue), ==, 0);
        push(queue, 1);
        push(queue, 2);
        g_assert_cmpuint(queue_n_due(queue), ==, 2);
        queue_refuse(queue, take(queue, 1), 0);
        g_assert_cmpuint(queue_n_due(queue), ==, 2);
        queue_refuse(queue, take(queue, 1), 0);
        g_assert_cmpuint(queue_n_due(queue), ==, 1);
        take(queue, 2);
        g_assert_cmpuint(queue_n_due(queue), ==, 0);
        queue_end_delays(queue, queue_next_due(queue));
        g_assert_cmpuint(queue_n_due(queue), ==, 1);
}

static void test_first_retry_is_at_once_and_in_order(void)
{
        g_autoptr(Queue) queue = queue_new(10, NULL, 0, 0);
        QueueItem *first, *second;

        for (int serial = 1; serial <= 4; serial++)
                push(queue, serial);
        first = take(queue, 1);
        second = take(queue, 2);
        g_assert_true(queue_refuse(queue, second, 0));
        g_assert_true(queue_refuse(queue, first, 0));
        g_assert_cmpuint(queue_next_due(queue), ==, QUEUE_NEVER);
        g_assert_cmpuint(take(queue, 1)->poolserial, ==, 0);
        take(queue, 2);
        take(queue, 3);
}

/* Refuses serial 1 until the queue gives it up; later events must not wait for it. */
static void test_delays_and_limit(void)
{
        static const unsigned delays[] = { 0, 1, 2, 4, 8, 16, 32, 60, 60 };
        g_autoptr(Queue) queue = queue_new(10, NULL, 0, 0);
        uint64_t now = 1000 * SECOND;
        QueueItem *item;

        queue_set_max_attempts(queue, MAX_ATTEMPTS);
        push(queue, 1);
        for (size_t i = 0; i < G_N_ELEMENTS(delays); i++) {
                g_assert_true(queue_refuse(queue, take(queue, 1), now));
                if (delays[i] == 0)
                        continue;
                g_assert_cmpuint(queue_next_due(queue), ==, now + delays[i] * SECOND);
                push(queue, 10 + i);
                queue_finish(queue, take(queue, 10 + i));
                now += delays[i] * SECOND;
                queue_end_delays(queue, now - 1);
                g_assert_null(queue_take(queue));
                queue_end_delays(queue, now);
        }
        item = take(queue, 1);
        g_assert_false(queue_refuse(queue, item, now));
        g_assert_cmpuint(queue_next_due(queue), ==, QUEUE_NEVER);
        /* Kept, and not passed by the cursor, until somebody else has it. */
        g_assert_null(queue_take(queue));
        g_assert_cmpuint(queue_room(queue), ==, 9);
        assert_progress(queue, 18, 0, 0, 8);
        queue_finish(queue, item);
        g_assert_cmpuint(queue_room(queue), ==, 10);
        assert_progress(queue, 18, 18, 9, 0);
}

static void test_one_attempt(void)
{
        g_autoptr(Queue) queue = queue_new(10, NULL, 0, 0);
        QueueItem *item;

        queue_set_max_attempts(queue, 1);
        push(queue, 1);
        push(queue, 2);
        item = take(queue, 1);
        g_assert_false(queue_refuse(queue, item, 0));
        queue_finish(queue, item);
        take(queue, 2);
        assert_progress(queue, 2, 1, 1, 0);
}

/* Never given up, and never delayed by more than a minute. */
static void test_any_number_of_attempts(void)
{
        g_autoptr(Queue) queue = queue_new(10, NULL, 0, 0);
        uint64_t now = 0;

        push(queue, 1);
        for (int i = 0; i < 200; i++) {
                g_assert_true(queue_refuse(queue, take(queue, 1), now));
                if (i == 0)
                        continue;
                g_assert_cmpuint(queue_next_due(queue), >=, now + SECOND);
                g_assert_cmpuint(queue_next_due(queue), <=, now + 60 * SECOND);
                now = queue_next_due(queue);
                queue_end_delays(queue, now);
        }
        g_assert_cmpuint(take(queue, 1)->n_refused, ==, 200);
}

static void test_put_back_is_no_attempt(void)
{
        g_autoptr(Queue) queue = queue_new(10, NULL, 0, 0);

        queue_set_max_attempts(queue, MAX_ATTEMPTS);
        push(queue, 1);
        push(queue, 2);
        for (int i = 0; i < 3 * MAX_ATTEMPTS; i++)
                queue_put_back(queue, take(queue, 1));
        g_assert_cmpuint(take(queue, 1)->n_refused, ==, 0);
}

static void test_progress(void)
{
        g_autoptr(Queue) queue = queue_new(10, NULL, 0, 100);
        QueueItem *five, *eight;

        assert_progress(queue, 4, 4, 100, 0);
        push(queue, 5);
        push(queue, 8);
        push(queue, 9);
        five = take(queue, 5);
        eight = take(queue, 8);
        assert_progress(queue, 9, 4, 100, 0);
        queue_finish(queue, eight);
        assert_progress(queue, 9, 4, 100, 1);
        queue_refuse(queue, five, 0);
        queue_refuse(queue, take(queue, 5), 0);
        queue_finish(queue, take(queue, 9));
        assert_progress(queue, 12, 4, 100, 2);
        queue_end_delays(queue, SECOND);
        queue_finish(queue, take(queue, 5));
        assert_progress(queue, 12, 12, 103, 0);
}

/* As after a crash: what had been answered above the cursor keeps its number and is not given out.
 */
static void test_answered_before(void)
{
        const uint64_t answered[] = { 9, 6 };
        g_autoptr(Queue) queue = queue_new(1, answered, G_N_ELEMENTS(answered), 50);

        g_assert_true(push(queue, 5));
        g_assert_true(push(queue, 6));
        g_assert_false(push(queue, 7));
        assert_progress(queue, 6, 4, 50, 2);
        queue_finish(queue, take(queue, 5));
        assert_progress(queue, 6, 6, 52, 1);
        g_assert_true(push(queue, 7));
        g_assert_cmpuint(take(queue, 7)->poolserial, ==, 52);
        g_assert_true(push(queue, 9));
        assert_progress(queue, 9, 6, 52, 1);
}

/* Failures are reported until the event is answered, and a new queue counts on from there. */
static void test_attempts(void)
{
        g_autoptr(Queue) queue = queue_new(10, NULL, 0, 0);
        g_autoptr(Queue) next = queue_new(10, NULL, 0, 0);
        QueueProgress progress;

        push(queue, 5);
        push(queue, 6);
        queue_refuse(queue, take(queue, 5), 0);
        queue_refuse(queue, take(queue, 5), 0);
        queue_refuse(queue, take(queue, 6), 0);
        queue_progress(queue, 6, &progress);
        g_assert_cmpuint(progress.n_attempts, ==, 2);
        g_assert_cmpuint(progress.attempts[0].serial, ==, 5);
        g_assert_cmpuint(progress.attempts[0].n_failed, ==, 2);
        g_assert_cmpuint(progress.attempts[1].n_failed, ==, 1);

        queue_note_attempts(next, progress.attempts, progress.n_attempts);
        push(next, 5);
        push(next, 6);
        g_assert_cmpuint(take(next, 5)->n_refused, ==, 2);
        queue_finish(next, take(next, 6));
        queue_progress(next, 6, &progress);
        g_assert_cmpuint(progress.n_attempts, ==, 1);
        g_assert_cmpuint(progress.attempts[0].serial, ==, 5);
}

/* What was given up, or has left the log, is no attempt any more. */
static void test_attempts_end(void)
{
        g_autoptr(Queue) queue = queue_new(10, NULL, 0, 0);
        const Attempt before[] = { { 3, 1 }, { 7, MAX_ATTEMPTS - 1 } };
        QueueProgress progress;
        QueueItem *item;

        queue_set_max_attempts(queue, MAX_ATTEMPTS);
        queue_note_attempts(queue, before, G_N_ELEMENTS(before));
        push(queue, 7);
        item = take(queue, 7);
        g_assert_false(queue_refuse(queue, item, 0));
        queue_finish(queue, item);
        queue_progress(queue, 7, &progress);
        g_assert_cmpuint(progress.n_attempts, ==, 0);
}

/* The memory of answered serials is bounded: then the oldest event goes first, whatever its delay.
 */
static void test_crowded(void)
{
        g_autoptr(Queue) queue = queue_new(10, NULL, 0, 0);
        uint64_t serial = 1;

        push(queue, serial);
        queue_refuse(queue, take(queue, 1), 0);
        queue_refuse(queue, take(queue, 1), 0);
        for (int i = 0; i < QUEUE_MAX_ANSWERED; i++) {
                push(queue, ++serial);
                queue_finish(queue, take(queue, serial));
        }
        push(queue, ++serial);
        g_assert_null(queue_take(queue));
        queue_end_delays(queue, 0);
        take(queue, 1);
        take(queue, serial);
        assert_progress(queue, serial, 0, 0, QUEUE_MAX_ANSWERED);
}

/* A listener that never answers does not stop the others of its pool. */
static void test_hung(void)
{
        g_autoptr(Queue) queue = queue_new(10, NULL, 0, 0);
        QueueItem *hung;
        uint64_t serial = 2;

        push(queue, 1);
        hung = take(queue, 1);
        push(queue, 2);
        queue_refuse(queue, take(queue, 2), 0);
        queue_refuse(queue, take(queue, 2), 0);
        for (int i = 0; i < 2 * QUEUE_MAX_ANSWERED; i++) {
                push(queue, ++serial);
                queue_finish(queue, take(queue, serial));
        }
        assert_progress(queue, serial, 0, 0, QUEUE_MAX_ANSWERED);
        /* Nor does it cut short what others wait for. */
        queue_end_delays(queue, 0);
        g_assert_null(queue_take(queue));
        queue_finish(queue, hung);
        queue_end_delays(queue, 0);
        queue_finish(queue, take(queue, 2));
        assert_progress(queue, serial, serial, serial, 0);
}

static bool push_letter(Queue *queue, uint64_t serial)
{
        g_autoptr(Event) event = event_new_tick(5, 0);

        event->serial = serial;
        return queue_push_letter(queue, event, serial + 1000, 10);
}

static void test_letters(void)
{
        g_autoptr(Queue) queue = queue_new(2, NULL, 0, 50);
        QueueItem *event, *letter;

        push(queue, 20);
        push(queue, 21);
        g_assert_true(push_letter(queue, 7));
        g_assert_true(push_letter(queue, 3));
        assert_progress(queue, 21, 19, 50, 0);
        g_assert_false(push(queue, 22));
        letter = take(queue, 3);
        g_assert_true(letter->is_letter);
        g_assert_cmpuint(letter->poolserial, ==, 1003);
        g_assert_cmpuint(letter->n_attempts, ==, 10);
        take(queue, 7);
        event = take(queue, 20);
        g_assert_false(event->is_letter);
        queue_finish(queue, event);
        assert_progress(queue, 21, 20, 51, 0);
        queue_finish(queue, letter);
        assert_progress(queue, 21, 20, 51, 0);
        g_assert_cmpuint(queue_room(queue), ==, 1);
        g_assert_cmpuint(queue_letter_room(queue), ==, QUEUE_MAX_LETTERS - 1);
}

/* Wherever it is. */
static void test_letter_twice(void)
{
        g_autoptr(Queue) queue = queue_new(2, NULL, 0, 0);
        QueueItem *letter;

        queue_set_max_attempts(queue, MAX_ATTEMPTS);
        g_assert_true(push_letter(queue, 3));
        g_assert_true(push_letter(queue, 3));
        letter = take(queue, 3);
        g_assert_true(push_letter(queue, 3));
        queue_refuse(queue, letter, 0);
        take(queue, 3);
        queue_refuse(queue, letter, 0);
        g_assert_true(push_letter(queue, 3));
        for (int i = 2; i < MAX_ATTEMPTS; i++) {
                queue_end_delays(queue, queue_next_due(queue));
                queue_refuse(queue, take(queue, 3), 0);
        }
        g_assert_true(push_letter(queue, 3));
        g_assert_null(queue_take(queue));
        g_assert_cmpuint(queue_letter_room(queue), ==, QUEUE_MAX_LETTERS - 1);
        queue_finish(queue, letter);
        g_assert_cmpuint(queue_letter_room(queue), ==, QUEUE_MAX_LETTERS);
        assert_progress(queue, 4, 4, 0, 0);
}

static void test_letters_are_bounded(void)
{
        g_autoptr(Queue) queue = queue_new(2, NULL, 0, 0);

        for (uint64_t serial = 1; serial <= QUEUE_MAX_LETTERS; serial++)
                g_assert_true(push_letter(queue, serial));
        g_assert_false(push_letter(queue, 100));
        g_assert_true(push(queue, 200));
}

/* Those that are refused again and again do not hold up the others. */
static void test_delayed_letters(void)
{
        g_autoptr(Queue) queue = queue_new(2, NULL, 0, 0);
        const uint64_t n = QUEUE_MAX_LETTERS + QUEUE_MAX_DELAYED_LETTERS;

        for (uint64_t serial = 1; serial <= n; serial++) {
                g_assert_true(push_letter(queue, serial));
                queue_refuse(queue, take(queue, serial), 0);
                queue_refuse(queue, take(queue, serial), 0);
        }
        g_assert_cmpuint(queue_letter_room(queue), ==, 0);
        queue_end_delays(queue, SECOND);
        queue_finish(queue, take(queue, 1));
        g_assert_false(push_letter(queue, n + 1));
        for (uint64_t serial = 2; serial <= n; serial++)
                queue_finish(queue, take(queue, serial));
        g_assert_cmpuint(queue_letter_room(queue), ==, QUEUE_MAX_LETTERS);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/queue/order-and-numbers", test_order_and_numbers);
        g_test_add_func("/queue/room", test_room);
        g_test_add_func("/queue/set-max", test_set_max);
        g_test_add_func("/queue/delayed-are-bounded", test_delayed_are_bounded);
        g_test_add_func("/queue/due", test_due);
        g_test_add_func("/queue/first-retry-is-at-once-and-in-order",
                        test_first_retry_is_at_once_and_in_order);
        g_test_add_func("/queue/delays-and-limit", test_delays_and_limit);
        g_test_add_func("/queue/one-attempt", test_one_attempt);
        g_test_add_func("/queue/any-number-of-attempts", test_any_number_of_attempts);
        g_test_add_func("/queue/put-back-is-no-attempt", test_put_back_is_no_attempt);
        g_test_add_func("/queue/progress", test_progress);
        g_test_add_func("/queue/answered-before", test_answered_before);
        g_test_add_func("/queue/attempts", test_attempts);
        g_test_add_func("/queue/attempts-end", test_attempts_end);
        g_test_add_func("/queue/crowded", test_crowded);
        g_test_add_func("/queue/hung", test_hung);
        g_test_add_func("/queue/letters", test_letters);
        g_test_add_func("/queue/letter-twice", test_letter_twice);
        g_test_add_func("/queue/letters-are-bounded", test_letters_are_bounded);
        g_test_add_func("/queue/delayed-letters", test_delayed_letters);
        return g_test_run();
}
