/* Environment file: what a line becomes, and which lines are none. */

#include "daemon/config/environment-file.h"

#include <glib/gstdio.h>
#include <string.h>

#include "daemon/config/environment.h"

/* The value of the variable A. */
static void check_value(const char *text, const char *expected)
{
        g_autoptr(GHashTable) variables = environment_new();
        g_autoptr(GError) error = NULL;

        environment_file_parse("/x.env", text, variables, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(g_hash_table_lookup(variables, "A"), ==, expected);
}

static void test_plain(void)
{
        check_value("A=1", "1");
        check_value("  A = a b \t\r\nB=2\n", "a b");
        check_value("A=\nB=1", "");
        check_value("A=1\nA=2", "2");
        check_value("A=x=y # no comment", "x=y # no comment");
        check_value("A=%(x)s $HOME", "%(x)s $HOME");
        check_value("A=x\"y\"", "x\"y\"");
        check_value("A=\xc3\xa4", "\xc3\xa4");
}

static void test_backslashes(void)
{
        check_value("A=a\\\nb", "ab");
        check_value("A=a\\nb\\\\", "anb\\");
        check_value("A=a\\  \n", "a ");
        check_value("A=a\\", "a");
}

static void test_quotes(void)
{
        check_value("A='a \"b\" \\n'", "a \"b\" \\n");
        check_value("A=\"a 'b' \\\" \\$ \\x\"", "a 'b' \" $ \\x");
        check_value("A=\"a\nb\\\nc\"", "a\nbc");
        check_value("A=\"a\" 'b' c ", "abc");
        check_value("A=''", "");
}

static void test_comments(void)
{
        check_value("# A=0\n ; A=0\n\n\nA=1\n#A=2", "1");
        check_value("# goes on \\\nA=0\nA=1", "1");
}

static void check_refused(const char *text, const char *place, const char *word)
{
        g_autoptr(GHashTable) variables = environment_new();
        g_autoptr(GError) error = NULL;

        g_assert_false(environment_file_parse("/x.env", text, variables, &error));
        g_assert_true(g_str_has_prefix(error->message, place));
        g_assert_nonnull(strstr(error->message, word));
}

static void test_refused(void)
{
        check_refused("A=1\n  word\n", "/x.env:2:3: ", "'word'");
        check_refused("=1", "/x.env:1:1: ", "''");
        check_refused("export A=1", "/x.env:1:1: ", "no export");
        check_refused("1A=1", "/x.env:1:1: ", "'1A'");
        check_refused("A-B=1", "/x.env:1:1: ", "'A-B'");
        check_refused("A='\n\nB=1", "/x.env:1:3: ", "not closed");
        check_refused("A=\"x\n\\\ny\"\nword", "/x.env:4:1: ", "'word'");
}

static void test_size(void)
{
        g_autofree char *path = NULL;
        g_autofree char *text = g_strnfill(ENVIRONMENT_FILE_MAX_SIZE + 1, '#');
        g_autoptr(GHashTable) variables = environment_new();
        g_autoptr(GError) error = NULL;

        g_assert_true(g_close(g_file_open_tmp(NULL, &path, NULL), NULL));
        g_assert_true(g_file_set_contents(path, text, ENVIRONMENT_FILE_MAX_SIZE, NULL));
        g_assert_true(environment_file_read(path, variables, NULL));
        g_assert_true(g_file_set_contents(path, text, -1, NULL));
        g_assert_false(environment_file_read(path, variables, &error));
        g_assert_nonnull(strstr(error->message, "1024 KiB"));
        g_remove(path);
}

int main(int argc, char *argv[])
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/environment-file/plain", test_plain);
        g_test_add_func("/environment-file/backslashes", test_backslashes);
        g_test_add_func("/environment-file/quotes", test_quotes);
        g_test_add_func("/environment-file/comments", test_comments);
        g_test_add_func("/environment-file/refused", test_refused);
        g_test_add_func("/environment-file/size", test_size);
        return g_test_run();
}
