/* Command line: how commands split. */

#include "daemon/config/command-line.h"

/* The words are joined with | to compare them. */
static void check_split(const char *command, const char *expected)
{
        g_auto(GStrv) arguments = NULL;
        g_autoptr(GError) error = NULL;
        g_autofree char *joined = NULL;

        g_assert_true(command_line_split(command, &arguments, &error));
        g_assert_no_error(error);
        joined = g_strjoinv("|", arguments);
        g_assert_cmpstr(joined, ==, expected);
}

static void test_words(void)
{
        check_split("/bin/sleep  10", "/bin/sleep|10");
        check_split(" a\tb\nc ", "a|b|c");
        check_split("sh -c 'a \"b\" ; $c'", "sh|-c|a \"b\" ; $c");
        check_split("x \"a \\\"q\\\" \\n \\\\\"", "x|a \"q\" \\n \\");
        check_split("x '' y", "x||y");
        check_split("x a'b c'd", "x|ab cd");
        check_split("x a\\ b #c", "x|a b|#c");
        check_split("x \xc3\xa4\xe2\x82\xac", "x|\xc3\xa4\xe2\x82\xac");
}

static void check_refused(const char *command, const char *message)
{
        char **arguments = NULL;
        g_autoptr(GError) error = NULL;

        g_assert_false(command_line_split(command, &arguments, &error));
        g_assert_cmpstr(error->message, ==, message);
        g_assert_null(arguments);
}

static void test_refused(void)
{
        check_refused("", "command is empty");
        check_refused(" \n ", "command is empty");
        check_refused("x 'y", "can't parse command 'x 'y': a quote (') is not closed");
        check_refused("x \\",
                        "can't parse command 'x \\': nothing stands after the last backslash");
}

int main(int argc, char *argv[])
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/command-line/words", test_words);
        g_test_add_func("/command-line/refused", test_refused);
        return g_test_run();
}
