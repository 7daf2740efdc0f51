/* What a terminal gets to see. */

#include <glib.h>

#include "tools/ctl/output.h"

static void test_printable(void)
{
        static const char *const cases[][2] = {
                { "plain ä", "plain ä" },
                { "a\nb\tc\r", "a\\nb\\tc\\r" },
                { "\033[31mred\007", "\\x1b[31mred\\x07" },
                { "\xc2\x9b"
                  "31m",
                                "\\x9b31m" },
                { "bad\xff", "bad\xef\xbf\xbd" },
                { "", "" },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *text = output_printable(cases[i][0]);

                g_assert_cmpstr(text, ==, cases[i][1]);
        }
}

static void test_cut(void)
{
        static const struct {
                const char *text;
                unsigned width;
                const char *cut;
        } cases[] = {
                { "abcdef", 0, "abcdef" },
                { "abcdef", 6, "abcdef" },
                { "abcdef", 5, "abcd…" },
                { "äöüäöü", 3, "äö…" },
                { "ab", 1, "…" },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *cut = output_cut(cases[i].text, cases[i].width);

                g_assert_cmpstr(cut, ==, cases[i].cut);
        }
}

/* Run as a child, whose stdout is a pipe. */
static void test_pieces(void)
{
        const Piece pieces[] = { { "ab\n", COLOR_GOOD }, { "cdef", COLOR_NONE },
                { "x", COLOR_BAD } };

        if (g_test_subprocess()) {
                const Output plain = { 0 }, narrow = { .width = 6, .color = true };

                output_pieces(&plain, pieces, G_N_ELEMENTS(pieces));
                output_pieces(&narrow, pieces, G_N_ELEMENTS(pieces));
                output_pieces(&(Output){ .quiet = true }, pieces, G_N_ELEMENTS(pieces));
                output_failure(&(Output){ .errors_elsewhere = true }, "failure");
                return;
        }
        g_test_trap_subprocess(NULL, 0, 0);
        g_test_trap_assert_passed();
        g_test_trap_assert_stdout("*ab\\ncdefx\n\033[32mab\\n\033[0mc…\nfailure\n*");
        g_test_trap_assert_stderr("failure\n");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/ctl/output/printable", test_printable);
        g_test_add_func("/ctl/output/cut", test_cut);
        g_test_add_func("/ctl/output/pieces", test_pieces);
        return g_test_run();
}
