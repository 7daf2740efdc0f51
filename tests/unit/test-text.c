/* Text: what is trimmed and split. */

#include "daemon/config/text.h"

static void test_strip(void)
{
        g_autofree char *plain = text_strip("  a b\t\n");
        g_autofree char *no_break = text_strip("\xc2\xa0word\xe3\x80\x80");
        g_autofree char *empty = text_strip(" \t ");
        g_autoptr(GString) end = g_string_new(" x \n\n");

        g_assert_cmpstr(plain, ==, "a b");
        g_assert_cmpstr(no_break, ==, "word");
        g_assert_cmpstr(empty, ==, "");
        text_strip_end(end);
        g_assert_cmpstr(end->str, ==, " x");
}

static void test_split_list(void)
{
        g_auto(GStrv) items = text_split_list(" a , b c,,");
        g_auto(GStrv) none = text_split_list("");

        g_assert_cmpuint(g_strv_length(items), ==, 4);
        g_assert_cmpstr(items[0], ==, "a");
        g_assert_cmpstr(items[1], ==, "b c");
        g_assert_cmpstr(items[3], ==, "");
        g_assert_null(none[0]);
}

int main(int argc, char *argv[])
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/text/strip", test_strip);
        g_test_add_func("/text/split-list", test_split_list);
        return g_test_run();
}
