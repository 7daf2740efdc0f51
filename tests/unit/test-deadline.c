/* Deadlines: set, set again, cancelled, absurd. */

#include "daemon/process/deadline.h"

#include "bus/clock.h"

typedef struct Case {
        sd_event *event;
        Turns *turns;
        Deadline *deadline;
        unsigned passed;
} Case;

static void on_passed(void *userdata)
{
        Case *test = userdata;

        test->passed++;
}

static void set_up(Case *test, gconstpointer data)
{
        g_assert_cmpint(sd_event_new(&test->event), >=, 0);
        test->turns = turns_new(test->event);
        test->deadline = deadline_new(test->turns, on_passed, test);
}

static void tear_down(Case *test, gconstpointer data)
{
        deadline_free(test->deadline);
        turns_free(test->turns);
        sd_event_unref(test->event);
}

static void test_again(Case *test, gconstpointer data)
{
        g_assert_false(deadline_is_set(test->deadline));
        for (unsigned i = 1; i <= 2; i++) {
                deadline_set(test->deadline, clock_now_usec(CLOCK_MONOTONIC));
                g_assert_true(deadline_is_set(test->deadline));
                g_assert_cmpint(sd_event_run(test->event, 30000000), >, 0);
                g_assert_cmpuint(test->passed, ==, i);
                g_assert_false(deadline_is_set(test->deadline));
        }
}

static void test_cancel(Case *test, gconstpointer data)
{
        deadline_cancel(test->deadline);
        deadline_set_seconds(test->deadline, 0);
        deadline_cancel(test->deadline);
        g_assert_false(deadline_is_set(test->deadline));
        g_assert_cmpint(sd_event_run(test->event, 0), ==, 0);
        g_assert_cmpuint(test->passed, ==, 0);
}

/* The later setting counts, whichever of the two is due. */
static void test_replace(Case *test, gconstpointer data)
{
        deadline_set_seconds(test->deadline, 0);
        deadline_set_seconds(test->deadline, 1000);
        g_assert_true(deadline_is_set(test->deadline));
        g_assert_cmpint(sd_event_run(test->event, 0), ==, 0);
        deadline_set_seconds(test->deadline, 0);
        g_assert_cmpint(sd_event_run(test->event, 30000000), >, 0);
        g_assert_cmpint(sd_event_run(test->event, 0), ==, 0);
        g_assert_cmpuint(test->passed, ==, 1);
        deadline_set(test->deadline, clock_now_usec(CLOCK_MONOTONIC) + 1);
        for (int i = 0; i < 2 && test->passed < 2; i++)
                g_assert_cmpint(sd_event_run(test->event, 30000000), >, 0);
        g_assert_cmpuint(test->passed, ==, 2);
        g_assert_false(deadline_is_set(test->deadline));
}

static void test_absurd(Case *test, gconstpointer data)
{
        deadline_set_seconds(test->deadline, INT64_MAX);
        g_assert_cmpint(sd_event_run(test->event, 0), ==, 0);
        deadline_set_seconds(test->deadline, INT64_MIN);
        g_assert_cmpint(sd_event_run(test->event, 30000000), >, 0);
        g_assert_cmpuint(test->passed, ==, 1);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add("/deadline/again", Case, NULL, set_up, test_again, tear_down);
        g_test_add("/deadline/cancel", Case, NULL, set_up, test_cancel, tear_down);
        g_test_add("/deadline/replace", Case, NULL, set_up, test_replace, tear_down);
        g_test_add("/deadline/absurd", Case, NULL, set_up, test_absurd, tear_down);
        return g_test_run();
}
