/* Expand: Python's formatting, and the one place where it is left. */

#include "daemon/config/expand.h"

#include <string.h>

static Expansions *make_names(const Expansions *outer)
{
        Expansions *names = expansions_new(outer);

        expansions_set(names, "here", "/etc");
        expansions_set(names, "s", "\xc3\xa9t\xc3\xa9");
        expansions_set(names, "(p)", "paren");
        expansions_set_number(names, "n", 7);
        expansions_set_number(names, "minus", -7);
        expansions_set_variable(names, "SECRET", "5%");
        return names;
}

static void check_text(const char *text, const char *expected)
{
        g_autoptr(Expansions) names = make_names(NULL);
        g_autoptr(GError) error = NULL;
        g_autofree char *got = NULL;
        bool nameless = false;

        g_assert_true(expand(text, names, &got, &nameless, &error));
        g_assert_no_error(error);
        g_assert_cmpstr(got, ==, expected);
        g_assert_false(nameless);
}

static void test_plain(void)
{
        check_text("", "");
        check_text("no percent", "no percent");
        check_text("%(here)s/x", "/etc/x");
        check_text("100%%", "100%");
        check_text("%%(here)s", "%(here)s");
        check_text("%(ENV_SECRET)s", "5%");
        check_text("%((p))s", "paren");
}

static void test_numbers(void)
{
        check_text("%(n)02d", "07");
        check_text("%(n)d|%(n)i|%(minus)u|%(n)s", "7|7|-7|7");
        check_text("%(n)+05d|%(n) 05d|%(n)-5d|%(n)5d", "+0007| 0007|7    |    7");
        check_text("%(n)#x|%(minus)#x|%(n)#08X|%(n)#o|%(n)#.3x", "0x7|-0x7|0X000007|0o7|0x007");
        check_text("%(minus)08.3d", "-0000007");
        check_text("%(n).3f|%(n)g|%(minus)010.3f|%(n)#g", "7.000|7|-00007.000|7.00000");
        check_text("%(n)ld|%(n)hd", "7|7");
}

static void test_strings(void)
{
        check_text("%(s)5s|%(s)-5s|%(s).1s|%(s)05s", "  \xc3\xa9t\xc3\xa9|\xc3\xa9t\xc3\xa9  |"
                                                     "\xc3\xa9|  \xc3\xa9t\xc3\xa9");
        check_text("%(here)r|%(s)a|%(n)r", "'/etc'|'\\xe9t\\xe9'|7");
        check_text("%(n)c|%(n)3c", "\a|  \a");
}

static void check_refused(const char *text)
{
        g_autoptr(Expansions) names = make_names(NULL);
        g_autoptr(GError) error = NULL;
        char *got = NULL;

        g_assert_false(expand(text, names, &got, NULL, &error));
        g_assert_nonnull(error);
        g_assert_null(got);
}

static void test_refused(void)
{
        static const char *const bad[] = { "%", "50% of", "%H", "%(here", "%(here)", "%(here)d",
                "%(HERE)s", "%(s)c", "%(n)lld", "%5%", "%d", "%s %s", "%(here)s %s", "%*d",
                "%(n)99999999s", "%(x)s", "%.%" };

        for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
                check_refused(bad[i]);
}

static void test_nameless(void)
{
        g_autoptr(Expansions) names = make_names(NULL);
        g_autofree char *got = NULL;
        bool nameless = false;

        g_assert_true(expand("date +%s > %(here)s", names, &got, &nameless, NULL));
        g_assert_cmpstr(got, ==, "date +%s > /etc");
        g_assert_true(nameless);
}

static void test_unknown_keeps_variables_secret(void)
{
        g_autoptr(Expansions) names = make_names(NULL);
        g_autoptr(GError) error = NULL;
        char *got;

        g_assert_false(expand("%(hree)s", names, &got, NULL, &error));
        g_assert_nonnull(strstr(error->message, "hree"));
        g_assert_nonnull(strstr(error->message, "here"));
        g_assert_null(strstr(error->message, "SECRET"));
}

static void test_inner_wins(void)
{
        g_autoptr(Expansions) outer = make_names(NULL);
        g_autoptr(Expansions) inner = expansions_new(outer);
        g_autofree char *got = NULL;

        expansions_set(inner, "here", "/inner");
        g_assert_true(expand("%(here)s %(n)d", inner, &got, NULL, NULL));
        g_assert_cmpstr(got, ==, "/inner 7");
}

static void test_bound(void)
{
        g_autoptr(GString) text = g_string_new(NULL);

        for (int i = 0; i < 32; i++)
                g_string_append(text, "%(n)65000d");
        check_refused(text->str);
}

int main(int argc, char *argv[])
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/expand/plain", test_plain);
        g_test_add_func("/expand/numbers", test_numbers);
        g_test_add_func("/expand/strings", test_strings);
        g_test_add_func("/expand/refused", test_refused);
        g_test_add_func("/expand/nameless", test_nameless);
        g_test_add_func("/expand/unknown-keeps-variables-secret",
                        test_unknown_keeps_variables_secret);
        g_test_add_func("/expand/inner-wins", test_inner_wins);
        g_test_add_func("/expand/bound", test_bound);
        return g_test_run();
}
