/* The clock is a number. */

#include "listener-host/patience.h"

#include <string.h>

#include <glib.h>

#define SECOND UINT64_C(1000000)
#define BEGIN  (1000 * SECOND)

static void assert_told(Patience *patience, uint64_t now, const char *about)
{
        const char *text = patience_take(patience, now);

        g_assert_nonnull(text);
        g_assert_nonnull(strstr(text, about));
}

static void test_nothing(void)
{
        Patience patience = { 0 };

        g_assert_cmpuint(patience_next_due(&patience), ==, PATIENCE_NEVER);
        g_assert_null(patience_take(&patience, BEGIN));
}

static void test_told_once(void)
{
        Patience patience = { 0 };

        patience_begin(&patience, NUISANCE_NOT_READY, BEGIN);
        patience_begin(&patience, NUISANCE_NOT_READY, BEGIN + 30 * SECOND);
        g_assert_cmpuint(patience_next_due(&patience), ==, BEGIN + 60 * SECOND);
        g_assert_null(patience_take(&patience, BEGIN + 60 * SECOND - 1));
        assert_told(&patience, BEGIN + 60 * SECOND, "READY");
        g_assert_null(patience_take(&patience, BEGIN + 600 * SECOND));
        g_assert_cmpuint(patience_next_due(&patience), ==, PATIENCE_NEVER);
        patience_begin(&patience, NUISANCE_NOT_READY, BEGIN + 600 * SECOND);
        g_assert_cmpuint(patience_next_due(&patience), ==, PATIENCE_NEVER);
}

static void test_ends_and_begins_anew(void)
{
        Patience patience = { 0 };

        patience_begin(&patience, NUISANCE_NOT_READY, BEGIN);
        patience_end(&patience, NUISANCE_NOT_READY);
        g_assert_null(patience_take(&patience, BEGIN + 60 * SECOND));
        patience_begin(&patience, NUISANCE_NOT_READY, BEGIN + 60 * SECOND);
        g_assert_cmpuint(patience_next_due(&patience), ==, BEGIN + 120 * SECOND);
        assert_told(&patience, BEGIN + 120 * SECOND, "READY");
        patience_end(&patience, NUISANCE_NOT_READY);
        patience_begin(&patience, NUISANCE_NOT_READY, BEGIN + 200 * SECOND);
        assert_told(&patience, BEGIN + 260 * SECOND, "READY");
}

static void test_several(void)
{
        Patience patience = { 0 };

        patience_begin(&patience, NUISANCE_NOT_READY, BEGIN);
        patience_begin(&patience, NUISANCE_STDOUT_CLOSED, BEGIN + 1 * SECOND);
        patience_begin(&patience, NUISANCE_STDIN_CLOSED, BEGIN + 2 * SECOND);
        patience_begin(&patience, NUISANCE_UNREAD, BEGIN + 3 * SECOND);
        g_assert_cmpuint(patience_next_due(&patience), ==, BEGIN + 6 * SECOND);
        assert_told(&patience, BEGIN + 6 * SECOND, "stdout");
        g_assert_null(patience_take(&patience, BEGIN + 6 * SECOND));
        assert_told(&patience, BEGIN + 8 * SECOND, "reading");
        assert_told(&patience, BEGIN + 8 * SECOND, "stdin");
        g_assert_cmpuint(patience_next_due(&patience), ==, BEGIN + 60 * SECOND);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/patience/nothing", test_nothing);
        g_test_add_func("/patience/told-once", test_told_once);
        g_test_add_func("/patience/ends-and-begins-anew", test_ends_and_begins_anew);
        g_test_add_func("/patience/several", test_several);
        return g_test_run();
}
