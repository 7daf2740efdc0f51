/* Turns: their order, who leaves, and what else the loop has to do meanwhile. */

#include "daemon/process/turns.h"

#include <sys/eventfd.h>

#include "bus/cleanup.h"

#define MANY 100

typedef struct Case {
        sd_event *event;
        Turns *turns;
        Turn waiting[MANY];
        GArray *taken; /* of size_t */
        Turn *leaves;  /* with the next turn */
        bool again;    /* whoever has had a turn waits for another one */
} Case;

static Case *the_case;

static void take(void *userdata)
{
        Turn *turn = userdata;
        const size_t number = turn - the_case->waiting;

        g_array_append_val(the_case->taken, number);
        if (the_case->leaves)
                turns_remove(the_case->turns, the_case->leaves);
        if (the_case->again)
                turns_add(the_case->turns, turn);
}

static void set_up(Case *test, gconstpointer data)
{
        the_case = test;
        g_assert_cmpint(sd_event_new(&test->event), >=, 0);
        test->turns = turns_new(test->event);
        test->taken = g_array_new(false, false, sizeof(size_t));
        for (size_t i = 0; i < MANY; i++)
                turn_init(&test->waiting[i], take, &test->waiting[i]);
}

static void tear_down(Case *test, gconstpointer data)
{
        for (size_t i = 0; i < MANY; i++)
                turns_remove(test->turns, &test->waiting[i]);
        turns_free(test->turns);
        g_array_unref(test->taken);
        sd_event_unref(test->event);
}

static void add_all(Case *test)
{
        for (size_t i = 0; i < MANY; i++)
                turns_add(test->turns, &test->waiting[i]);
}

static void run(Case *test)
{
        while (sd_event_run(test->event, 0) > 0)
                continue;
}

static void test_order(Case *test, gconstpointer data)
{
        add_all(test);
        turns_add(test->turns, &test->waiting[0]);
        run(test);
        g_assert_cmpuint(test->taken->len, ==, MANY);
        for (size_t i = 0; i < MANY; i++)
                g_assert_cmpuint(g_array_index(test->taken, size_t, i), ==, i);
        turns_add(test->turns, &test->waiting[7]);
        run(test);
        g_assert_cmpuint(test->taken->len, ==, MANY + 1);
}

static void test_leaving(Case *test, gconstpointer data)
{
        turns_add(test->turns, &test->waiting[0]);
        turns_add(test->turns, &test->waiting[1]);
        test->leaves = &test->waiting[1];
        run(test);
        g_assert_cmpuint(test->taken->len, ==, 1);
        g_assert_false(test->waiting[1].waits);
        turns_remove(test->turns, &test->waiting[1]);
}

static int count(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        unsigned *rounds = userdata;

        (*rounds)++;
        return 0;
}

/* Those who come again at once, however many, leave others a good share; and get theirs. */
static void test_others(Case *test, gconstpointer data)
{
        autofd readable = eventfd(1, EFD_CLOEXEC);
        sd_event_source *other = NULL;
        unsigned rounds = 0;

        test->again = true;
        add_all(test);
        g_assert_cmpint(sd_event_add_io(test->event, &other, readable, EPOLLIN, count, &rounds), >=,
                        0);
        for (int i = 0; i < 100; i++)
                g_assert_cmpint(sd_event_run(test->event, 0), >, 0);
        g_assert_cmpuint(rounds, >, 10);
        g_assert_cmpuint(test->taken->len, >, 2 * MANY);
        sd_event_source_disable_unref(other);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add("/turns/order", Case, NULL, set_up, test_order, tear_down);
        g_test_add("/turns/leaving", Case, NULL, set_up, test_leaving, tear_down);
        g_test_add("/turns/others", Case, NULL, set_up, test_others, tear_down);
        return g_test_run();
}
