/* What is known of events that failed is kept by serial. */

#include "listener-host/attempts.h"

static void assert_list(const Attempts *attempts, const Attempt *expected, size_t n_expected)
{
        size_t n;
        const Attempt *list = attempts_list(attempts, &n);

        g_assert_cmpuint(n, ==, n_expected);
        for (size_t i = 0; i < n; i++) {
                g_assert_cmpuint(list[i].serial, ==, expected[i].serial);
                g_assert_cmpuint(list[i].n_failed, ==, expected[i].n_failed);
        }
}

static void test_note(void)
{
        g_autoptr(Attempts) attempts = attempts_new();

        assert_list(attempts, NULL, 0);
        g_assert_cmpuint(attempts_find(attempts, 5), ==, 0);
        attempts_note(attempts, 9, 1);
        attempts_note(attempts, 5, 2);
        attempts_note(attempts, 7, 1);
        attempts_note(attempts, 9, 3);
        assert_list(attempts, (const Attempt[]){ { 5, 2 }, { 7, 1 }, { 9, 3 } }, 3);
        g_assert_cmpuint(attempts_find(attempts, 9), ==, 3);
        g_assert_cmpuint(attempts_find(attempts, 6), ==, 0);
        g_assert_cmpuint(attempts_find(attempts, 10), ==, 0);
}

static void test_forget(void)
{
        g_autoptr(Attempts) attempts = attempts_new();

        attempts_forget(attempts, 1);
        attempts_forget_below(attempts, 1);
        for (uint64_t serial = 1; serial <= 5; serial++)
                attempts_note(attempts, serial, serial);
        attempts_forget(attempts, 4);
        attempts_forget(attempts, 4);
        attempts_forget_below(attempts, 3);
        assert_list(attempts, (const Attempt[]){ { 3, 3 }, { 5, 5 } }, 2);
        attempts_forget_below(attempts, 100);
        assert_list(attempts, NULL, 0);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/attempts/note", test_note);
        g_test_add_func("/attempts/forget", test_forget);
        return g_test_run();
}
