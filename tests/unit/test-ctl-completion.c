/* What the Tab key offers. */

#include <glib.h>
#include <string.h>

#include "tools/ctl/completion.h"
#include "tools/ctl/configuration-list.h"
#include "tools/ctl/process-list.h"

static void test_kind(void)
{
        static const struct {
                const char *line;
                Completes kind;
                const char *word;
        } cases[] = {
                { "", COMPLETES_COMMAND, "" },
                { "  st", COMPLETES_COMMAND, "st" },
                { "status", COMPLETES_COMMAND, "status" },
                { "status ", COMPLETES_NAME, "" },
                { "status a w", COMPLETES_NAME, "w" },
                { "help s", COMPLETES_COMMAND, "s" },
                { "? s", COMPLETES_COMMAND, "s" },
                { "help start s", COMPLETES_NOTHING, "s" },
                { "signal ", COMPLETES_SIGNAL, "" },
                { "signal H", COMPLETES_SIGNAL, "H" },
                { "signal HUP ", COMPLETES_NAME, "" },
                { "signal HUP w", COMPLETES_NAME, "w" },
                { "update w", COMPLETES_GROUP, "w" },
                { "update --dry-run w", COMPLETES_GROUP, "w" },
                { "add n", COMPLETES_NEW_GROUP, "n" },
                { "remove a n", COMPLETES_USED_GROUP, "n" },
                { "start --no", COMPLETES_OPTION, "--no" },
                { "fly --no", COMPLETES_NOTHING, "--no" },
                { "watch --sort c", COMPLETES_SORT_KEY, "c" },
                { "status --sort c", COMPLETES_NAME, "c" },
                { "show w", COMPLETES_NAME, "w" },
                { "monitor T", COMPLETES_EVENT, "T" },
                { "events --type ", COMPLETES_EVENT, "" },
                { "events --json --type  T", COMPLETES_EVENT, "T" },
                { "events --process w", COMPLETES_PROCESS, "w" },
                { "events --type TICK --group w", COMPLETES_USED_GROUP, "w" },
                { "events --type TICK w", COMPLETES_NOTHING, "w" },
                { "events --since ", COMPLETES_NOTHING, "" },
                { "status --type ", COMPLETES_NAME, "" },
                { "listeners mail m", COMPLETES_POOL, "m" },
                { "deadletters ", COMPLETES_DEAD_LETTERS, "" },
                { "deadletters retry m", COMPLETES_POOL, "m" },
                { "version ", COMPLETES_NOTHING, "" },
                { "fly ", COMPLETES_NOTHING, "" },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_assert_cmpint(completion_kind(cases[i].line), ==, cases[i].kind);
                g_assert_cmpstr(completion_word(cases[i].line), ==, cases[i].word);
        }
}

static GPtrArray *new_list(void)
{
        static const char *const names[][2] = {
                { "web", "web" },
                { "work", "a" },
                { "work", "b" },
                { "odd", "not one" },
                { "cat", "cat" },
        };
        GPtrArray *list = g_ptr_array_new_with_free_func(process_entry_free);

        for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
                g_ptr_array_add(list, process_entry_new(names[i][0], names[i][1], PROCESS_RUNNING));
        return list;
}

static GPtrArray *new_configured(void)
{
        static const ConfigurationEntry entries[] = {
                { (char *)"web", (char *)"web", true, true, 0, 0 },
                { (char *)"work", (char *)"a", true, true, 0, 0 },
                { (char *)"new", (char *)"a", false, true, 0, 0 },
                { (char *)"new", (char *)"b", false, true, 0, 0 },
        };
        GPtrArray *list = g_ptr_array_new_with_free_func(configuration_entry_free);

        for (size_t i = 0; i < G_N_ELEMENTS(entries); i++)
                g_ptr_array_add(list, configuration_entry_new(&entries[i]));
        return list;
}

static void test_candidates(void)
{
        static const struct {
                Completes kind;
                const char *word, *candidates, *insertion;
        } cases[] = {
                { COMPLETES_NAME, "", "all cat odd:* web work:* work:a work:b", "" },
                { COMPLETES_NAME, "c", "cat", "at " },
                { COMPLETES_NAME, "w", "web work:* work:a work:b", "" },
                { COMPLETES_NAME, "wo", "work:* work:a work:b", "rk:" },
                { COMPLETES_NAME, "web:", "web:* web:web", "" },
                { COMPLETES_NAME, "x", "", "" },
                { COMPLETES_PROCESS, "w", "web work:a work:b", "" },
                { COMPLETES_PROCESS, "wor", "work:a work:b", "k:" },
                { COMPLETES_GROUP, "", "all cat new odd web work", "" },
                { COMPLETES_NEW_GROUP, "", "new", "new " },
                { COMPLETES_USED_GROUP, "", "cat odd web work", "" },
                { COMPLETES_SIGNAL, "U", "USR1 USR2", "SR" },
                { COMPLETES_CHANNEL, "std", "stderr stdout", "" },
                { COMPLETES_COMMAND, "shu", "shutdown", "tdown " },
                { COMPLETES_COMMAND, "sh", "show shutdown", "" },
                { COMPLETES_OPTION, "--no-b", "--no-block", "lock " },
                { COMPLETES_OPTION, "--pro", "--process --property", "" },
                { COMPLETES_OPTION, "--id", "", "" },
                { COMPLETES_OPTION, "--user", "", "" },
                { COMPLETES_SORT_KEY, "m", "memory", "emory " },
                { COMPLETES_COMMAND, "sta", "start status", "" },
                { COMPLETES_EVENT, "TICK_6", "TICK_60", "0 " },
                { COMPLETES_POOL, "", "mail monitor", "m" },
                { COMPLETES_DEAD_LETTERS, "", "drop list mail monitor retry show", "" },
                { COMPLETES_NOTHING, "", "", "" },
        };
        g_autoptr(GPtrArray) list = new_list(), configured = new_configured();
        g_autoptr(GPtrArray) pools = g_ptr_array_new();
        CompletionLists lists = { list, configured, pools };

        g_ptr_array_add(pools, "mail");
        g_ptr_array_add(pools, "monitor");

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(GPtrArray) found =
                                completion_candidates(cases[i].kind, cases[i].word, &lists);
                g_autofree char *insertion = completion_insertion(found, cases[i].word);
                g_autofree char *joined = NULL;

                g_ptr_array_add(found, NULL);
                joined = g_strjoinv(" ", (char **)found->pdata);
                g_assert_cmpstr(joined, ==, cases[i].candidates);
                g_assert_cmpstr(insertion, ==, cases[i].insertion);
        }
}

/* The daemon may be away. */
static void test_no_list(void)
{
        static const Completes kinds[] = { COMPLETES_PROCESS, COMPLETES_NEW_GROUP,
                COMPLETES_USED_GROUP, COMPLETES_POOL };
        CompletionLists none = {};

        for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
                g_autoptr(GPtrArray) found = completion_candidates(kinds[i], "", &none);

                g_assert_cmpuint(found->len, ==, 0);
        }
}

static void test_no_half_character(void)
{
        g_autoptr(GPtrArray) found = g_ptr_array_new();
        g_autofree char *insertion = NULL;

        g_ptr_array_add(found, "caf\303\250");
        g_ptr_array_add(found, "caf\303\251");
        insertion = completion_insertion(found, "c");
        g_assert_cmpstr(insertion, ==, "af");
}

static void test_columns(void)
{
        g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
        g_autofree char *wide = NULL, *narrow = NULL, *many = NULL;

        for (unsigned i = 0; i < 5; i++)
                g_ptr_array_add(found, g_strdup_printf("name%u", i));
        wide = completion_columns(found, 21);
        g_assert_cmpstr(wide, ==, "name0  name1  name2\nname3  name4\n");
        narrow = completion_columns(found, 1);
        g_assert_cmpstr(narrow, ==, "name0\nname1\nname2\nname3\nname4\n");
        for (unsigned i = 5; i < 1000; i++)
                g_ptr_array_add(found, g_strdup_printf("name%u", i));
        many = completion_columns(found, 80);
        g_assert_true(g_str_has_suffix(many, "\n... and 800 more\n"));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/ctl/completion/kind", test_kind);
        g_test_add_func("/ctl/completion/candidates", test_candidates);
        g_test_add_func("/ctl/completion/no-list", test_no_list);
        g_test_add_func("/ctl/completion/no-half-character", test_no_half_character);
        g_test_add_func("/ctl/completion/columns", test_columns);
        return g_test_run();
}
