/* Items are numbers, or counted where they are freed. */

#include "daemon/face/fair-queue.h"

#include "bus/cleanup.h"

static unsigned n_freed;

static void note_freed(void *item)
{
        n_freed++;
}

static void push(FairQueue *queue, const char *caller, unsigned item)
{
        fair_queue_push(queue, caller, GUINT_TO_POINTER(item), 10);
}

static unsigned serve(FairQueue *queue, uint64_t usec)
{
        unsigned item = GPOINTER_TO_UINT(fair_queue_pop(queue));

        if (item)
                fair_queue_charge(queue, usec);
        return item;
}

static void test_empty(void)
{
        g_autoptr(FairQueue) queue = fair_queue_new(100, 100, note_freed);

        g_assert_true(fair_queue_is_empty(queue));
        g_assert_cmpuint(serve(queue, 0), ==, 0);
        g_assert_cmpuint(fair_queue_bytes(queue, ":1.1"), ==, 0);
        fair_queue_drop(queue, ":1.1");
}

/* Whoever has many waits behind who has one. */
static void test_turns(void)
{
        g_autoptr(FairQueue) queue = fair_queue_new(1000, 1000, note_freed);

        for (unsigned i = 1; i <= 4; i++)
                push(queue, ":1.1", i);
        push(queue, ":1.2", 11);
        push(queue, ":1.2", 12);
        g_assert_cmpuint(serve(queue, 5), ==, 1);
        g_assert_cmpuint(serve(queue, 5), ==, 11);
        push(queue, ":1.3", 21);
        g_assert_cmpuint(serve(queue, 5), ==, 21);
        g_assert_cmpuint(serve(queue, 5), ==, 2);
        g_assert_cmpuint(serve(queue, 5), ==, 12);
        g_assert_cmpuint(serve(queue, 5), ==, 3);
        g_assert_cmpuint(serve(queue, 5), ==, 4);
        g_assert_true(fair_queue_is_empty(queue));
}

/* Who asks for what takes long is next less often. */
static void test_time(void)
{
        g_autoptr(FairQueue) queue = fair_queue_new(1000, 1000, note_freed);
        unsigned n_short = 0;

        for (unsigned i = 1; i <= 20; i++) {
                push(queue, ":1.1", 100 + i);
                push(queue, ":1.2", i);
        }
        for (unsigned n_long = 0; n_long < 3;) {
                unsigned item = GPOINTER_TO_UINT(fair_queue_pop(queue));

                fair_queue_charge(queue, item > 100 ? 50 : 10);
                n_long += item > 100;
                n_short += item < 100;
        }
        g_assert_cmpuint(n_short, ==, 10);
}

/* It comes anew, and is the caller's own last one still. */
static void test_while_served(void)
{
        g_autoptr(FairQueue) queue = fair_queue_new(1000, 1000, note_freed);

        push(queue, ":1.1", 1);
        g_assert_cmpuint(GPOINTER_TO_UINT(fair_queue_pop(queue)), ==, 1);
        push(queue, ":1.1", 2);
        push(queue, ":1.2", 3);
        fair_queue_charge(queue, 100);
        g_assert_cmpuint(serve(queue, 1), ==, 3);
        g_assert_cmpuint(serve(queue, 1), ==, 2);
}

static void test_room(void)
{
        g_autoptr(FairQueue) queue = fair_queue_new(15, 45, note_freed);

        g_assert_true(fair_queue_has_room(queue, ":1.1"));
        push(queue, ":1.1", 1);
        g_assert_true(fair_queue_has_room(queue, ":1.1"));
        push(queue, ":1.1", 2);
        g_assert_cmpuint(fair_queue_bytes(queue, ":1.1"), ==, 20);
        g_assert_false(fair_queue_has_room(queue, ":1.1"));
        g_assert_true(fair_queue_has_room(queue, ":1.2"));
        fair_queue_push(queue, ":1.2", GUINT_TO_POINTER(3), 1000);
        g_assert_false(fair_queue_has_room(queue, ":1.3"));
        g_assert_cmpuint(serve(queue, 1), ==, 1);
        g_assert_cmpuint(serve(queue, 1), ==, 3);
        g_assert_true(fair_queue_has_room(queue, ":1.1"));
}

static void test_drop(void)
{
        FairQueue *queue = fair_queue_new(1000, 1000, note_freed);

        n_freed = 0;
        for (unsigned i = 1; i <= 3; i++) {
                push(queue, ":1.1", i);
                push(queue, ":1.2", 10 + i);
        }
        g_assert_cmpuint(GPOINTER_TO_UINT(fair_queue_pop(queue)), ==, 1);
        fair_queue_drop(queue, ":1.1");
        g_assert_cmpuint(n_freed, ==, 2);
        fair_queue_charge(queue, 1);
        g_assert_cmpuint(serve(queue, 1), ==, 11);
        fair_queue_free(queue);
        g_assert_cmpuint(n_freed, ==, 4);
}

/* Rows of those that want nothing do not stay for ever. */
static void test_many_callers(void)
{
        g_autoptr(FairQueue) queue = fair_queue_new(1000, 100000, note_freed);

        for (unsigned i = 1; i <= 5000; i++) {
                g_autofree char *name = g_strdup_printf(":1.%u", i);

                push(queue, name, i);
                if (i % 2 == 0)
                        g_assert_cmpuint(serve(queue, 1), >, 0);
        }
        while (!fair_queue_is_empty(queue))
                g_assert_cmpuint(serve(queue, 1), >, 0);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/fair-queue/nothing waits", test_empty);
        g_test_add_func("/fair-queue/who has many waits behind who has one", test_turns);
        g_test_add_func("/fair-queue/what takes long counts", test_time);
        g_test_add_func("/fair-queue/one more while one is served", test_while_served);
        g_test_add_func("/fair-queue/each and all have a bound", test_room);
        g_test_add_func("/fair-queue/who is gone wants nothing", test_drop);
        g_test_add_func("/fair-queue/thousands of callers", test_many_callers);
        return g_test_run();
}
