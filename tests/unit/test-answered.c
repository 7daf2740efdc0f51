/* Serials come in any order and are told in theirs; when it is full nothing is added, and what is
 * below the cursor is forgotten. */

#include "listener-host/answered.h"

static void assert_list(const Answered *answered, size_t n, const uint64_t *serials)
{
        size_t n_listed;
        const uint64_t *listed = answered_list(answered, &n_listed);

        g_assert_cmpmem(listed, n_listed * sizeof *listed, serials, n * sizeof *serials);
}

#define assert_serials(answered, ...)                                                              \
        assert_list(answered, G_N_ELEMENTS(((uint64_t[]){ __VA_ARGS__ })),                         \
                        (uint64_t[]){ __VA_ARGS__ })

static void test_order(void)
{
        g_autoptr(Answered) answered = answered_new(10, (uint64_t[]){ 9, 3, 7 }, 3);

        assert_serials(answered, 3, 7, 9);
        answered_note(answered, 11);
        answered_note(answered, 5);
        answered_note(answered, 1);
        assert_serials(answered, 1, 3, 5, 7, 9, 11);
        g_assert_true(answered_has(answered, 5));
        g_assert_false(answered_has(answered, 6));
}

static void test_full(void)
{
        g_autoptr(Answered) answered = answered_new(2, NULL, 0);

        g_assert_false(answered_has(answered, 1));
        answered_note(answered, 4);
        g_assert_false(answered_is_full(answered));
        answered_note(answered, 6);
        g_assert_true(answered_is_full(answered));
        answered_note(answered, 5);
        assert_serials(answered, 4, 6);
}

static void test_forget(void)
{
        g_autoptr(Answered) answered = answered_new(3, (uint64_t[]){ 2, 4, 6 }, 3);

        answered_forget_below(answered, 2);
        assert_serials(answered, 2, 4, 6);
        answered_forget_below(answered, 5);
        assert_serials(answered, 6);
        g_assert_false(answered_is_full(answered));
        answered_forget_below(answered, 100);
        g_assert_false(answered_has(answered, 6));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/answered/order", test_order);
        g_test_add_func("/answered/full", test_full);
        g_test_add_func("/answered/forget", test_forget);
        return g_test_run();
}
