/* What was typed, and the file that keeps it. */

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/ctl/line-history.h"

typedef struct Fixture {
        char *folder, *path;
} Fixture;

static void set_up(Fixture *fixture, const void *unused)
{
        fixture->folder = g_dir_make_tmp("busvisor-test-XXXXXX", NULL);
        g_assert_nonnull(fixture->folder);
        fixture->path = g_build_filename(fixture->folder, "state", "history", NULL);
}

static void tear_down(Fixture *fixture, const void *unused)
{
        g_autofree char *state = g_path_get_dirname(fixture->path);

        g_unlink(fixture->path);
        g_rmdir(state);
        g_rmdir(fixture->folder);
        g_free(fixture->folder);
        g_free(fixture->path);
}

static void assert_saved(const LineHistory *history)
{
        g_autoptr(GError) error = NULL;

        g_assert_true(line_history_save(history, &error));
        g_assert_no_error(error);
}

static void test_kept(Fixture *fixture, const void *unused)
{
        g_autoptr(LineHistory) history = line_history_new(fixture->path);
        g_autoptr(LineHistory) again = NULL;
        struct stat status;

        g_assert_null(line_history_at(history, 0));
        g_assert_true(line_history_add(history, "status"));
        g_assert_false(line_history_add(history, "status"));
        g_assert_false(line_history_add(history, ""));
        g_assert_true(line_history_add(history, "stop all"));
        assert_saved(history);
        g_assert_cmpint(stat(fixture->path, &status), ==, 0);
        g_assert_cmpint(status.st_mode & 0777, ==, 0600);
        again = line_history_new(fixture->path);
        g_assert_cmpstr(line_history_at(again, 0), ==, "status");
        g_assert_cmpstr(line_history_at(again, 1), ==, "stop all");
        g_assert_null(line_history_at(again, 2));
}

static void test_bounded(Fixture *fixture, const void *unused)
{
        g_autoptr(LineHistory) history = line_history_new(NULL);
        g_autofree char *endless = g_strnfill(1024 * 1024, 'x');

        for (unsigned i = 0; i < LINE_HISTORY_MAX + 5; i++) {
                g_autofree char *line = g_strdup_printf("pid p%u", i);

                line_history_add(history, line);
        }
        g_assert_false(line_history_add(history, endless));
        g_assert_cmpstr(line_history_at(history, 0), ==, "pid p5");
        g_assert_nonnull(line_history_at(history, LINE_HISTORY_MAX - 1));
        g_assert_null(line_history_at(history, LINE_HISTORY_MAX));
        assert_saved(history); /* nowhere */
}

static void test_no_place(Fixture *fixture, const void *unused)
{
        g_autoptr(LineHistory) history = line_history_new("/proc/nowhere/history");
        g_autoptr(GError) error = NULL;

        line_history_add(history, "status");
        g_assert_false(line_history_save(history, &error));
        g_assert_nonnull(error);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add("/ctl/line-history/kept", Fixture, NULL, set_up, test_kept, tear_down);
        g_test_add("/ctl/line-history/bounded", Fixture, NULL, set_up, test_bounded, tear_down);
        g_test_add("/ctl/line-history/no-place", Fixture, NULL, set_up, test_no_place, tear_down);
        return g_test_run();
}
