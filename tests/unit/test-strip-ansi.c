/* Each stream is fed whole, byte by byte, and cut in two at every place: the result is the same. */

#include "daemon/output/strip-ansi.h"

#include <stdbool.h>
#include <string.h>

static void check_cut(const char *data, size_t size, size_t cut, const char *expected)
{
        g_autoptr(StripAnsi) strip = strip_ansi_new();
        GString *got = g_string_new(NULL);

        strip_ansi_push(strip, data, cut, got);
        strip_ansi_push(strip, data + cut, size - cut, got);
        strip_ansi_end(strip, got);
        g_assert_cmpstr(got->str, ==, expected);
        g_string_free(got, true);
}

static void check(const char *data, const char *expected)
{
        g_autoptr(StripAnsi) strip = strip_ansi_new();
        GString *got = g_string_new(NULL);
        size_t size = strlen(data);

        for (size_t cut = 0; cut <= size; cut++)
                check_cut(data, size, cut, expected);
        for (size_t i = 0; i < size; i++)
                strip_ansi_push(strip, data + i, 1, got);
        strip_ansi_end(strip, got);
        g_assert_cmpstr(got->str, ==, expected);
        g_string_free(got, true);
}

static void test_sequences(void)
{
        check("", "");
        check("plain text\n", "plain text\n");
        check("\033[31mred\033[0m and \033[1;4;32mgreen\033[m\n", "red and green\n");
        check("\033[2J\033[1;1Htop\033[K", "top");
        check("\033[31m\033[32m\033[0m", "");
        /* Private parameters, intermediates, finals that Supervisor does not know. */
        check("a\033[?25lb\033[>0qc\033[4 qd\033[3@e\033[Zf\033[~g", "abcdefg");
        check("\033[38:2:255:0:0mtext", "text");
}

static void test_what_is_none(void)
{
        check("a\033b", "a\033b");
        check("a\033(Bb", "a\033(Bb");
        check("\033", "\033");
        check("\033[", "\033[");
        check("text \033[31", "text \033[31");
        check("\033[3\nnext", "\033[3\nnext");
        check("\033[3\303\244", "\033[3\303\244");
        check("\033\033[31mred", "\033red");
        check("\033[3\033[31mred", "\033[3red");
        check("\033[4 3mtext", "\033[4 3mtext");
}

/* The longest that is held back, and one byte more. */
static void test_bound(void)
{
        g_autofree char *digits = g_strnfill(STRIP_ANSI_MAX - 2, '1');
        g_autofree char *longest = g_strdup_printf("<\033[%sm>", digits);
        g_autofree char *longer = g_strdup_printf("<\033[%s1m>", digits);
        g_autofree char *endless = g_strdup_printf("\033[%s%s%s", digits, digits, digits);

        check(longest, "<>");
        check(longer, longer);
        check(endless, endless);
}

static void test_nothing_is_kept_needlessly(void)
{
        g_autoptr(StripAnsi) strip = strip_ansi_new();
        GString *got = g_string_new(NULL);

        strip_ansi_push(strip, "prompt\033[0", 9, got);
        g_assert_cmpstr(got->str, ==, "prompt");
        strip_ansi_push(strip, "m> ", 3, got);
        g_assert_cmpstr(got->str, ==, "prompt> ");
        g_string_free(got, true);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/strip-ansi/sequences", test_sequences);
        g_test_add_func("/strip-ansi/what-is-none", test_what_is_none);
        g_test_add_func("/strip-ansi/bound", test_bound);
        g_test_add_func("/strip-ansi/nothing-is-kept-needlessly", test_nothing_is_kept_needlessly);
        return g_test_run();
}
