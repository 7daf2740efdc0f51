/* What is expected is what the Python function prints, made with Python. */

#include "listener-host/labelled-lines.h"

#include <string.h>

#define HEAD "processname:web groupname:site pid:7 channel:stdout\n"

static LabelledLines *parse(const char *result, size_t size, const char **ret_why)
{
        g_autoptr(GBytes) bytes = g_bytes_new(result, size);

        return labelled_lines_new(bytes, ret_why);
}

/* In pieces of any size the text is the same. */
static void assert_prints_bytes(const char *result, size_t size, const char *text, size_t expected)
{
        for (size_t max = 1; max <= 64; max *= 4) {
                const char *why;
                g_autoptr(LabelledLines) lines = parse(result, size, &why);
                g_autoptr(GString) got = g_string_new(NULL);

                g_assert_nonnull(lines);
                while (labelled_lines_next(lines, max, got))
                        ;
                g_assert_cmpmem(got->str, got->len, text, expected);
        }
}

static void assert_prints(const char *result, const char *text)
{
        assert_prints_bytes(result, strlen(result), text, strlen(text));
}

static void assert_fails(const char *result, const char *expected)
{
        const char *why = NULL;

        g_assert_null(parse(result, strlen(result), &why));
        g_assert_cmpstr(why, ==, expected);
}

static void test_lines(void)
{
        assert_prints(HEAD "hello\n", "web stdout | hello\nweb stdout | \n");
        assert_prints(HEAD "hello", "web stdout | hello\n");
        assert_prints(HEAD, "web stdout | \n");
        assert_prints(HEAD "\n\n", "web stdout | \nweb stdout | \nweb stdout | \n");
        assert_prints(HEAD "a\nb\r\n\nc", "web stdout | a\nweb stdout | b\r\nweb stdout | \n"
                                          "web stdout | c\n");
        assert_prints(HEAD "\303\244 \t x:y", "web stdout | \303\244 \t x:y\n");
        assert_prints_bytes("processname:a channel:b\nx\0y\n", 28, "a b | x\0y\na b | \n", 17);
}

static void test_first_line(void)
{
        assert_prints("channel:c processname:p\nx", "p c | x\n");
        assert_prints(" \tprocessname:p\r \fchannel:c\x1c\nx", "p c | x\n");
        assert_prints("processname:p channel:c channel:d processname:q\nx", "q d | x\n");
        assert_prints("processname: channel: a:\nx", "  | x\n");
        assert_prints("xprocessname:x processname:p channels:2 channel:c\nx", "p c | x\n");
}

static void test_other_forms(void)
{
        assert_fails("OK", "it has no first line");
        assert_fails("", "it has no first line");
        assert_fails("processname:p channel:c", "it has no first line");
        assert_fails("\nx", "its first line has no processname");
        assert_fails("processname:p\nx", "its first line has no channel");
        assert_fails("channel:c\nx", "its first line has no processname");
        assert_fails("processname:p channel:c word\nx", "its first line is not made of key:value");
        assert_fails("processname:p channel:c a:b:c\nx", "its first line is not made of key:value");
        assert_fails("processname:p channel:c\n\xff", "it is not UTF-8");
}

/* A result of newlines alone is made into text as it is wanted, not at once. */
static void test_is_lazy(void)
{
        const size_t size = 1000000;
        const char *head = "processname:p channel:c\n";
        g_autoptr(GString) result = g_string_new(head);
        g_autoptr(LabelledLines) lines = NULL;
        g_autoptr(GString) text = g_string_new(NULL);
        const char *why;
        size_t total = 0;

        g_string_set_size(result, strlen(head) + size);
        memset(result->str + strlen(head), '\n', size);
        lines = parse(result->str, result->len, &why);
        while (labelled_lines_next(lines, 4096, text)) {
                g_assert_cmpuint(text->len, <, 4096 + 100);
                total += text->len;
                g_string_truncate(text, 0);
        }
        g_assert_cmpuint(total, ==, strlen("p c | \n") * (size + 1));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/labelled-lines/lines", test_lines);
        g_test_add_func("/labelled-lines/first-line", test_first_line);
        g_test_add_func("/labelled-lines/other-forms", test_other_forms);
        g_test_add_func("/labelled-lines/is-lazy", test_is_lazy);
        return g_test_run();
}
