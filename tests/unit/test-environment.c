/* Environment: what KEY=value lines mean. */

#include "daemon/config/environment.h"

#include <string.h>

static int compare(const void *a, const void *b)
{
        return strcmp(a, b);
}

/* Pairs, sorted, as KEY=value| each. */
static void check_pairs(const char *text, const char *expected)
{
        g_autoptr(GHashTable) pairs = environment_new();
        g_autoptr(GError) error = NULL;
        g_autoptr(GString) got = g_string_new(NULL);
        GList *names;

        g_assert_true(environment_parse(text, pairs, &error));
        g_assert_no_error(error);
        names = g_list_sort(g_hash_table_get_keys(pairs), compare);
        for (GList *name = names; name; name = name->next)
                g_string_append_printf(got, "%s=%s|", (char *)name->data,
                                (char *)g_hash_table_lookup(pairs, name->data));
        g_list_free(names);
        g_assert_cmpstr(got->str, ==, expected);
}

static void test_pairs(void)
{
        check_pairs("", "");
        check_pairs("A=1,B=2", "A=1|B=2|");
        check_pairs("A = 1 ,\n B=2,", "A=1|B=2|");
        check_pairs("A=1;B=2", "A=1|B=2|");
        check_pairs("A=\"a,b=c\",B='x y'", "A=a,b=c|B=x y|");
        check_pairs("A=\"\"", "A=|");
        check_pairs("A=x y", "A=x|");
        check_pairs("A=foo#bar", "A=foo|");
        check_pairs("A=$HOME", "A=$|");
        check_pairs("A=1,A=2", "A=2|");
        check_pairs("P=/a:/b.c-d+(e)", "P=/a:/b.c-d+(e)|");
}

/* As in the released versions, wherever those accept it. */
static void test_released_quotes(void)
{
        check_pairs("A=\"x\"y", "A=x|");
        check_pairs("A='it''s'", "A=it|");
        check_pairs("A=\"C:\\foo\"", "A=C:\\foo|");
        check_pairs("A=\"'x'\"", "A=x|");
}

static void test_shell_quotes(void)
{
        check_pairs("A=\"say \\\"hi\\\"\"", "A=say \"hi\"|");
        check_pairs("A=C:\\foo", "A=C:foo|");
}

static void test_refused(void)
{
        static const char *const bad[] = { "A", "A=", "A=,B=2", "A=1,,B=2", ",A=1", "A=\"x",
                "A=a@b,c" };

        for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
                g_autoptr(GHashTable) pairs = environment_new();

                g_assert_false(environment_parse(bad[i], pairs, NULL));
                g_assert_cmpuint(g_hash_table_size(pairs), ==, 0);
        }
}

static void test_merge(void)
{
        g_autoptr(GHashTable) into = environment_new();
        g_autoptr(GHashTable) from = environment_new();

        g_assert_true(environment_parse("A=1,B=1", into, NULL));
        g_assert_true(environment_parse("B=2,C=2", from, NULL));
        environment_merge(into, from);
        g_assert_cmpuint(g_hash_table_size(into), ==, 3);
        g_assert_cmpstr(g_hash_table_lookup(into, "B"), ==, "2");
        g_assert_cmpuint(g_hash_table_size(from), ==, 2);
        g_hash_table_replace(from, g_strdup("D"), g_strdup("3"));
        g_hash_table_replace(from, g_strdup("A"), g_strdup("3"));
        environment_merge_missing(into, from);
        g_assert_cmpstr(g_hash_table_lookup(into, "A"), ==, "1");
        g_assert_cmpstr(g_hash_table_lookup(into, "D"), ==, "3");
}

static void test_split(void)
{
        g_auto(GStrv) items = NULL;

        g_assert_true(environment_split("B='%(x)s',A=1,B=\"2\"", &items));
        g_assert_cmpstr(items[0], ==, "B");
        g_assert_cmpstr(items[1], ==, "2");
        g_assert_cmpstr(items[2], ==, "A");
        g_assert_null(items[4]);
        g_clear_pointer(&items, g_strfreev);
        g_assert_false(environment_split("A=%(x)s", &items));
        g_assert_false(environment_split("A='50%'", &items));
        g_assert_false(environment_split("A=", &items));
}

int main(int argc, char *argv[])
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/environment/pairs", test_pairs);
        g_test_add_func("/environment/released-quotes", test_released_quotes);
        g_test_add_func("/environment/shell-quotes", test_shell_quotes);
        g_test_add_func("/environment/refused", test_refused);
        g_test_add_func("/environment/merge", test_merge);
        g_test_add_func("/environment/split", test_split);
        return g_test_run();
}
