/* Lines of helpers on their way into the main log. */

#include "daemon/output/helper-log.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "daemon/output/main-log.h"
#include "tests/unit/fixture.h"

/* What the main log has, without the dates, after a helper wrote this and ended. */
static char *logged(const char *data, size_t size)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        g_autofree char *text = NULL;
        sd_event *event = NULL;
        HelperLog *log = NULL;
        char *bare;
        int ends[2];

        g_assert_true(main_log_open(
                        &(MainLogPlan){ .file = path, .level = LOG_LEVEL_DEBUG }, NULL));
        g_assert_cmpint(sd_event_new(&event), >=, 0);
        g_assert_cmpint(pipe2(ends, O_CLOEXEC | O_NONBLOCK), ==, 0);
        g_assert_cmpint(helper_log_new(event, ends[0], "host", LOG_LEVEL_INFO, &log), ==, 0);
        g_assert_cmpint(write(ends[1], data, size), ==, size);
        while (sd_event_run(event, 0) > 0)
                continue;
        close(ends[1]);
        helper_log_free(log);
        main_log_close();
        text = fixture_read(folder, "log");
        {
                g_autoptr(GRegex) date = g_regex_new("^[-0-9 :,]{24}", G_REGEX_MULTILINE, 0, NULL);

                bare = g_regex_replace_literal(date, text, -1, 0, "", 0, NULL);
        }
        sd_event_unref(event);
        fixture_folder_free(folder);
        return bare;
}

static void check(const char *data, const char *wanted)
{
        g_autofree char *text = logged(data, strlen(data));

        g_assert_cmpstr(text, ==, wanted);
}

static void test_lines(void)
{
        check("WARN careful\n", "WARN host: careful\n");
        check("plain\nDEBG detail\n", "INFO host: plain\nDEBG host: detail\n");
        check("WARNING is no tag\n", "INFO host: WARNING is no tag\n");
        check("no newline at the end", "INFO host: no newline at the end\n");
        check("\n\n", "");
}

static void test_long_line(void)
{
        g_autofree char *line = g_strnfill(10000, 'x');
        g_autofree char *text = logged(line, 10000);
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

        g_assert_cmpuint(
                        g_strv_length(lines), ==, 4); /* 4096 + 4096 + 1808, and the last newline */
        g_assert_cmpuint(strlen(lines[0]), ==, strlen("INFO host: ") + 4096);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/helper-log/lines", test_lines);
        g_test_add_func("/helper-log/long-line", test_long_line);
        return g_test_run();
}
