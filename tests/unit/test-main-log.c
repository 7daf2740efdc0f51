/* The main log: its line format and its levels. */

#include "daemon/output/main-log.h"

#include <stdio.h>

#include "tests/unit/fixture.h"

static void open_log(const char *path)
{
        g_assert_true(main_log_open(&(MainLogPlan){.file = path, .level = LOG_LEVEL_INFO}, NULL));
}

static void test_levels(void)
{
        g_assert_cmpint(log_level_from_string("info"), ==, LOG_LEVEL_INFO);
        g_assert_cmpint(log_level_from_string("BLATHER"), ==, LOG_LEVEL_BLATHER);
        g_assert_cmpint(log_level_from_string("warning"), ==, _LOG_LEVEL_INVALID);
        for (int level = 0; level < _LOG_LEVEL_MAX; level++)
                g_assert_cmpint(log_level_from_string(log_level_to_string(level)), ==, level);
}

static void test_format(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        g_autofree char *text = NULL;

        open_log(path);
        g_assert_true(main_log_is_enabled(LOG_LEVEL_WARN));
        g_assert_false(main_log_is_enabled(LOG_LEVEL_DEBUG));
        log_info("spawned: '%s' with pid %d", "web", 7);
        log_debug("not this");
        log_critical("100%%");
        main_log_close();
        text = fixture_read(folder, "log");
        g_assert_true(g_regex_match_simple(
                        "^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d,\\d{3} INFO spawned: 'web' with pid 7\n"
                        "[-0-9 :,]{23} CRIT 100%\n$",
                        text, 0, 0));
        fixture_folder_free(folder);
}

static void test_reopen(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        g_autofree char *away = g_build_filename(folder, "away", NULL);
        g_autofree char *text = NULL;

        open_log(path);
        log_info("one");
        g_assert_cmpint(rename(path, away), ==, 0);
        main_log_reopen();
        log_info("two");
        main_log_close();
        text = fixture_read(folder, "log");
        g_assert_true(g_str_has_suffix(text, " INFO two\n"));
        fixture_folder_free(folder);
}

static void test_cannot_open(void)
{
        g_autoptr(GError) error = NULL;

        g_assert_false(main_log_open(&(MainLogPlan){.file = "/no/such/folder/log"}, &error));
        g_assert_true(g_str_has_prefix(
                        error->message, "cannot open the main log /no/such/folder/log: "));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/main-log/levels", test_levels);
        g_test_add_func("/main-log/format", test_format);
        g_test_add_func("/main-log/reopen", test_reopen);
        g_test_add_func("/main-log/cannot-open", test_cannot_open);
        return g_test_run();
}
