/* Compared with a plain list of serials. */

#include "daemon/event/backlog.h"

#include <stdbool.h>

static void test_empty(void)
{
        g_autoptr(Backlog) backlog = backlog_new();
        const uint64_t except[] = { 1, 5 };

        g_assert_cmpuint(backlog_count(backlog, NULL, 0), ==, 0);
        g_assert_cmpuint(backlog_count(backlog, except, 2), ==, 0);
        g_assert_cmpuint(backlog_first(backlog, NULL, 0), ==, 0);
        backlog_forget_up_to(backlog, 100);
        g_assert_cmpuint(backlog_count(backlog, NULL, 0), ==, 0);
}

static void test_except(void)
{
        g_autoptr(Backlog) backlog = backlog_new();
        const uint64_t except[] = { 3, 70, 200, 1000 };

        for (uint64_t serial = 70; serial <= 200; serial += 65)
                backlog_add(backlog, serial);
        g_assert_cmpuint(backlog_count(backlog, NULL, 0), ==, 3);
        g_assert_cmpuint(backlog_count(backlog, except, 4), ==, 1);
        g_assert_cmpuint(backlog_first(backlog, NULL, 0), ==, 70);
        g_assert_cmpuint(backlog_first(backlog, except, 4), ==, 135);
        backlog_forget_up_to(backlog, 135);
        g_assert_cmpuint(backlog_count(backlog, NULL, 0), ==, 1);
        g_assert_cmpuint(backlog_first(backlog, except, 4), ==, 0);
}

/* At the ends of words, and where nothing is left. */
static void test_edges(void)
{
        for (uint64_t first = 1; first < 130; first++)
                for (uint64_t up_to = 0; up_to < 200; up_to++) {
                        g_autoptr(Backlog) backlog = backlog_new();

                        for (uint64_t serial = first; serial < first + 66; serial++)
                                backlog_add(backlog, serial);
                        backlog_forget_up_to(backlog, up_to);
                        g_assert_cmpuint(backlog_count(backlog, NULL, 0), ==,
                                        first + 65 - CLAMP(up_to, first - 1, first + 65));
                        g_assert_cmpuint(backlog_first(backlog, NULL, 0), ==,
                                        up_to >= first + 65 ? 0 : MAX(first, up_to + 1));
                        backlog_add(backlog, first + 1000);
                        g_assert_cmpuint(backlog_first(backlog, NULL, 0), ==,
                                        up_to >= first + 65 ? first + 1000 : MAX(first, up_to + 1));
                }
}

/* A window that moves over many serials, of which some are wanted. */
static void test_window(void)
{
        g_autoptr(Backlog) backlog = backlog_new();
        g_autoptr(GRand) random = g_rand_new_with_seed(7);
        g_autoptr(GArray) expected = g_array_new(false, false, sizeof(uint64_t));
        uint64_t up_to = 0;

        for (uint64_t serial = 1; serial < 20000; serial++) {
                if (g_rand_int_range(random, 0, 3) == 0) {
                        backlog_add(backlog, serial);
                        g_array_append_val(expected, serial);
                }
                if (g_rand_int_range(random, 0, 50) == 0) {
                        up_to += g_rand_int_range(random, 0, (int)(serial - up_to) + 1);
                        backlog_forget_up_to(backlog, up_to);
                        while (expected->len > 0 && g_array_index(expected, uint64_t, 0) <= up_to)
                                g_array_remove_index(expected, 0);
                }
                g_assert_cmpuint(backlog_count(backlog, NULL, 0), ==, expected->len);
                g_assert_cmpuint(backlog_first(backlog, NULL, 0), ==,
                                expected->len > 0 ? g_array_index(expected, uint64_t, 0) : 0);
        }
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/backlog/empty", test_empty);
        g_test_add_func("/backlog/except", test_except);
        g_test_add_func("/backlog/edges", test_edges);
        g_test_add_func("/backlog/window", test_window);
        return g_test_run();
}
