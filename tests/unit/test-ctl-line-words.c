/* Lines of the shell, cut into words. */

#include <glib.h>

#include "tools/ctl/line-words.h"

static void test_words(void)
{
        static const struct {
                const char *line, *words; /* joined by "|" */
        } cases[] = {
                { "", "" },
                { " \t ", "" },
                { "status", "status" },
                { "  status   a\tb \n", "status|a|b" },
                { "status \"a b\" 'c  d'", "status|a b|c  d" },
                { "status a\\ b", "status|a b" },
                { "status x'a b'y", "status|xa by" },
                { "status ''", "status|" },
                { "status \"a\\\"b\"", "status|a\"b" },
                { "status 'a\\b'", "status|a\\b" },
                { "don't stop", "don't|stop" },
                { "status \"a b", "status|\"a|b" },
                { "end\\", "end\\" },
                { "?", "?" },
                { " ?status", "?|status" },
                { "status ?", "status|?" },
                { "start web:* all", "start|web:*|all" },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_auto(GStrv) words = line_words(cases[i].line);
                g_autofree char *joined = g_strjoinv("|", words);

                g_assert_cmpstr(joined, ==, cases[i].words);
        }
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/ctl/line-words", test_words);
        return g_test_run();
}
