/* INI: the grammar, line by line. */

#include "daemon/config/ini.h"

#include <string.h>

typedef struct Parsed {
        Sections *sections;
        Config *config;
} Parsed;

static Parsed parse(const char *text)
{
        Parsed parsed = { sections_new(), config_new() };
        unsigned file = sections_add_file(parsed.sections, "/x.conf");
        g_autoptr(GError) error = NULL;

        g_assert_true(ini_parse(text, parsed.sections, file, parsed.config, &error));
        g_assert_no_error(error);
        return parsed;
}

static void drop(Parsed *parsed)
{
        sections_free(parsed->sections);
        config_free(parsed->config);
}

/* The value of key in the section s; NULL for none. */
static void check_value(const char *text, const char *key, const char *expected)
{
        Parsed parsed = parse(text);
        const Section *section = sections_find(parsed.sections, "s");
        const Setting *setting;

        g_assert_nonnull(section);
        setting = sections_get(parsed.sections, section, key);
        g_assert_cmpstr(setting ? setting->text : NULL, ==, expected);
        drop(&parsed);
}

static void test_delimiters(void)
{
        check_value("[s]\na=b:c\n", "a", "b:c");
        check_value("[s]\nd : 5 : 6\n", "d", "5 : 6");
        check_value("[s]\nKey With Blanks = x\n", "key with blanks", "x");
        check_value("[s]\na=\n", "a", "");
        check_value("[s]\na=\"q\"\r\nb=2\r\n", "a", "\"q\"");
        check_value("[s] rubbish\na=1", "a", "1");
        check_value("  [s]\n  a=1", "a", "1");
}

static void test_comments(void)
{
        check_value("[s]\na=v;x\n", "a", "v;x");
        check_value("[s]\na=v ;x\n", "a", "v");
        check_value("[s]\na=v #x\n", "a", "v");
        check_value("[s]\na=;x\n", "a", ";x");
        check_value("[s]\na= ;x\n", "a", "");
        check_value("[s]\n   ; a=1\n#b\n", "a", NULL);
        check_value("[s]\na=1;2;3 ; x # y\n", "a", "1;2;3 ; x"); /* as odd as in Python */
        check_value("[s]\na=x\xc2\xa0;y\n", "a", "x");
}

static void test_comment_in_quotes(void)
{
        Parsed parsed = parse("[s]\na=sh -c \"a ; b\"\n");
        const Section *section = sections_find(parsed.sections, "s");

        g_assert_cmpstr(sections_get(parsed.sections, section, "a")->text, ==, "sh -c \"a");
        g_assert_cmpuint(parsed.config->notices->len, ==, 1);
        drop(&parsed);
}

static void test_continuation(void)
{
        check_value("[s]\na=1\n  2\n  x=y\n [z]\n", "a", "1\n2\nx=y\n[z]");
        check_value("[s]\nfiles =\n  a\n  b\nc=1", "files", "\na\nb");
        check_value("[s]\na=1\n\n  2\n\n\nb=3", "a", "1\n\n2");
        check_value("[s]\na=1\n ; no\n  2\n", "a", "1\n2");
        check_value("[s]\n  a=1\n  b=2\n", "b", "2");
        check_value("[s]\n  a=1\n b=2\n", "b", "2");
}

static void test_merging(void)
{
        Parsed parsed = parse("[DEFAULT]\na=d\nb=d\n[s]\na=1\n[t]\n[s]\nc=3\nc=4\n");
        const Section *section = sections_find(parsed.sections, "s");

        g_assert_cmpuint(parsed.sections->sections->len, ==, 2);
        g_assert_cmpstr(sections_get(parsed.sections, section, "a")->text, ==, "1");
        g_assert_cmpstr(sections_get(parsed.sections, section, "b")->text, ==, "d");
        g_assert_cmpstr(sections_get(parsed.sections, section, "c")->text, ==, "4");
        g_assert_cmpuint(sections_get(parsed.sections, section, "c")->place.line, ==, 9);
        g_assert_cmpuint(parsed.config->notices->len, ==, 1);
        drop(&parsed);
}

static void test_headers(void)
{
        Parsed parsed = parse("[ s ]\n[a]b]\n[s]\n[]=1\n");

        g_assert_nonnull(sections_find(parsed.sections, " s "));
        g_assert_nonnull(sections_find(parsed.sections, "a]b"));
        g_assert_null(sections_find(parsed.sections, "S"));
        g_assert_nonnull(g_hash_table_lookup(sections_find(parsed.sections, "s")->by_key, "[]"));
        drop(&parsed);
}

static char *error_of(const char *text)
{
        g_autoptr(Sections) sections = sections_new();
        g_autoptr(Config) config = config_new();
        g_autoptr(GError) error = NULL;
        unsigned file = sections_add_file(sections, "/x.conf");

        g_assert_false(ini_parse(text, sections, file, config, &error));
        return g_strdup(error->message);
}

static void test_errors(void)
{
        g_autofree char *headless = error_of("\na=1\n");
        g_autofree char *several = error_of("[s]\nword\nb=2\n=3\nrem x\n");
        g_autoptr(GString) text = g_string_new("[s]\n");
        g_autofree char *many = NULL;

        for (int i = 0; i < 100; i++)
                g_string_append(text, "word\n");
        many = error_of(text->str);
        g_assert_true(g_str_has_prefix(headless, "/x.conf:2: "));
        g_assert_nonnull(strstr(several, "/x.conf:2: "));
        g_assert_nonnull(strstr(several, "/x.conf:4: "));
        g_assert_nonnull(strstr(several, "/x.conf:5: "));
        g_assert_null(strchr(several, '\n'));
        g_assert_true(g_str_has_suffix(many, "and 90 more"));
}

int main(int argc, char *argv[])
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/ini/delimiters", test_delimiters);
        g_test_add_func("/ini/comments", test_comments);
        g_test_add_func("/ini/comment-in-quotes", test_comment_in_quotes);
        g_test_add_func("/ini/continuation", test_continuation);
        g_test_add_func("/ini/merging", test_merging);
        g_test_add_func("/ini/headers", test_headers);
        g_test_add_func("/ini/errors", test_errors);
        return g_test_run();
}
