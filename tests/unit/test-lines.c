/* Each stream is fed whole, byte by byte, and cut in two at every place: the lines are the same. */

#include "daemon/output/lines.h"

#include <stdbool.h>
#include <string.h>

/* Lines end with "|", so that one without a line end shows. */
static void on_line(const char *line, size_t size, void *userdata)
{
        g_assert_cmpuint(size, >, 0);
        g_string_append_len(userdata, line, size);
        g_string_append_c(userdata, '|');
}

static void check_cut(const char *data, size_t max, size_t cut, const char *expected)
{
        GString *got = g_string_new(NULL);
        g_autoptr(Lines) lines = lines_new(max, on_line, got);

        lines_push(lines, data, cut);
        lines_push(lines, data + cut, strlen(data) - cut);
        lines_end(lines);
        g_assert_cmpstr(got->str, ==, expected);
        g_string_free(got, true);
}

static void check(const char *data, size_t max, const char *expected)
{
        GString *got = g_string_new(NULL);
        g_autoptr(Lines) lines = lines_new(max, on_line, got);

        for (size_t cut = 0; cut <= strlen(data); cut++)
                check_cut(data, max, cut, expected);
        for (const char *byte = data; *byte; byte++)
                lines_push(lines, byte, 1);
        lines_end(lines);
        g_assert_cmpstr(got->str, ==, expected);
        g_string_free(got, true);
}

static void test_lines(void)
{
        check("", 100, "");
        check("one\ntwo\n", 100, "one\n|two\n|");
        check("\n\na\n\n", 100, "\n|\n|a\n|\n|");
        check("no end", 100, "no end|");
        check("one\nno end", 100, "one\n|no end|");
}

static void test_bound(void)
{
        check("12345\n", 5, "12345\n|");
        check("123456\n", 5, "12345|6\n|");
        check("1234567890\n", 5, "12345|67890\n|");
        check("12345678901", 5, "12345|67890|1|");
        check("a\n1234567890123\nb\n", 5, "a\n|12345|67890|123\n|b\n|");
}

/* Not through a character. */
static void test_characters(void)
{
        check("1234\303\244x\n", 5, "1234|\303\244x\n|");
        check("123\303\244x\n", 5, "123\303\244|x\n|");
        check("123\342\202\254\n", 5, "123|\342\202\254\n|");
        check("12\360\237\230\200\n", 5, "12|\360\237\230\200\n|");
        /* No text at all. */
        check("\200\200\200\200\200\200\200\n", 5, "\200\200\200\200\200|\200\200\n|");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/lines/lines", test_lines);
        g_test_add_func("/lines/bound", test_bound);
        g_test_add_func("/lines/characters", test_characters);
        return g_test_run();
}
