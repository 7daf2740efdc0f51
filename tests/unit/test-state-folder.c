/* State folders: where they lie, that each instance has its own, and what happens where there can
 * be none. */

#include "daemon/state-folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/cleanup.h"

static char *base;

static void remove_lock_and(const char *path)
{
        g_autofree char *lock = g_build_filename(path, "state.lock", NULL);

        g_assert_cmpint(unlink(lock), ==, 0);
        g_assert_cmpint(rmdir(path), ==, 0);
}

static void test_asked_for_by_environment(void)
{
        g_autoptr(StateFolder) folder = NULL;
        g_autoptr(StateFolder) second = NULL;
        g_autoptr(GError) error = NULL;
        g_autofree char *list = g_strconcat(base, ":/elsewhere", NULL);
        g_autofree char *path = g_build_filename(base, "unit", NULL);
        struct stat status;

        g_setenv("STATE_DIRECTORY", list, true);
        g_assert_true(state_folder_new(NULL, "unit", &folder, NULL));
        g_assert_cmpstr(state_folder_path(folder), ==, path);
        g_assert_cmpint(stat(path, &status), ==, 0);
        g_assert_cmpint(status.st_mode & 0777, ==, 0700);
        /* It was asked for, so there is no other. */
        g_assert_false(state_folder_new(NULL, "unit", &second, &error));
        g_assert_nonnull(g_strrstr(error->message, "another busvisord uses it"));
        folder = state_folder_free(folder);
        g_assert_true(state_folder_new(NULL, "unit", &folder, NULL));
        g_assert_cmpint(state_folder_ensure(folder), ==, 0);
        remove_lock_and(path);
        g_unsetenv("STATE_DIRECTORY");
}

static void test_asked_for_by_path(void)
{
        g_autoptr(StateFolder) folder = NULL;
        g_autoptr(StateFolder) second = NULL;
        g_autofree char *path = g_build_filename(base, "events", NULL);
        g_autofree char *pools = g_build_filename(path, "pools", NULL);
        g_autofree char *pool = g_build_filename(pools, "mail", NULL);
        g_autofree char *file = NULL;

        g_assert_true(state_folder_new(path, "unit", &folder, NULL));
        g_assert_cmpstr(state_folder_path(folder), ==, path);
        g_assert_false(state_folder_new(path, "other", &second, NULL));
        file = state_folder_file(folder, "pools/mail");
        g_assert_cmpstr(file, ==, pool);
        g_assert_cmpint(rmdir(pools), ==, 0);
        remove_lock_and(path);
}

/* Where nobody asked for one, each instance has its own. */
static void test_instances(void)
{
        g_autofree char *path = g_build_filename(base, "busvisor", "unit", NULL);
        g_autofree char *path_2 = g_build_filename(base, "busvisor", "unit.2", NULL);
        g_autofree char *parent = g_build_filename(base, "busvisor", NULL);
        g_autoptr(StateFolder) one = NULL;
        g_autoptr(StateFolder) two = NULL;

        if (geteuid() == 0) {
                g_test_skip("root has a fixed folder");
                return;
        }
        g_setenv("XDG_STATE_HOME", base, true);
        g_assert_true(state_folder_new(NULL, "unit", &one, NULL));
        g_assert_true(state_folder_new(NULL, "unit", &two, NULL));
        g_assert_cmpstr(state_folder_path(one), ==, path);
        g_assert_cmpstr(state_folder_path(two), ==, path_2);
        remove_lock_and(path);
        remove_lock_and(path_2);
        g_assert_cmpint(rmdir(parent), ==, 0);
        g_unsetenv("XDG_STATE_HOME");
}

static void test_cannot_be_made(void)
{
        g_autofree char *path = g_build_filename(base, "file", NULL);
        g_autofree char *below = g_build_filename(path, "unit", NULL);
        g_autoptr(StateFolder) folder = NULL;
        autofd fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

        g_assert_cmpint(fd, >=, 0);
        g_setenv("STATE_DIRECTORY", path, true);
        g_assert_true(state_folder_new(NULL, "unit", &folder, NULL));
        g_assert_cmpstr(state_folder_path(folder), ==, below);
        g_assert_cmpint(state_folder_ensure(folder), ==, -ENOTDIR);
        g_assert_cmpint(unlink(path), ==, 0);
        g_assert_cmpint(state_folder_ensure(folder), ==, 0);
        remove_lock_and(below);
        g_assert_cmpint(rmdir(path), ==, 0);
        g_unsetenv("STATE_DIRECTORY");
}

/* Whoever has the folder that was made anew, has it. */
static void test_vanished(void)
{
        g_autofree char *path = g_build_filename(base, "gone", NULL);
        g_autoptr(StateFolder) folder = NULL;
        g_autoptr(StateFolder) other = NULL;

        g_assert_true(state_folder_new(path, "unit", &folder, NULL));
        remove_lock_and(path);
        g_assert_cmpint(state_folder_ensure(folder), ==, 0);
        g_assert_true(g_file_test(path, G_FILE_TEST_IS_DIR));
        remove_lock_and(path);
        g_assert_true(state_folder_new(path, "unit", &other, NULL));
        g_assert_cmpint(state_folder_ensure(folder), ==, -EBUSY);
        other = state_folder_free(other);
        g_assert_cmpint(state_folder_ensure(folder), ==, 0);
        remove_lock_and(path);
}

static void test_odd_identifiers(void)
{
        g_autoptr(StateFolder) folder = NULL;
        g_autoptr(GError) error = NULL;

        g_setenv("STATE_DIRECTORY", base, true);
        g_assert_true(state_folder_new(NULL, "../x", &folder, NULL));
        remove_lock_and(state_folder_path(folder));
        folder = state_folder_free(folder);
        g_assert_false(state_folder_new(NULL, "..", &folder, &error));
        g_assert_nonnull(g_strrstr(error->message, "cannot name a folder"));
        g_unsetenv("STATE_DIRECTORY");
}

int main(int argc, char **argv)
{
        int status;

        g_test_init(&argc, &argv, NULL);
        base = g_dir_make_tmp("busvisor-unit-XXXXXX", NULL);
        g_test_add_func("/state-folder/asked-for-by-environment", test_asked_for_by_environment);
        g_test_add_func("/state-folder/asked-for-by-path", test_asked_for_by_path);
        g_test_add_func("/state-folder/instances", test_instances);
        g_test_add_func("/state-folder/cannot-be-made", test_cannot_be_made);
        g_test_add_func("/state-folder/vanished", test_vanished);
        g_test_add_func("/state-folder/odd-identifiers", test_odd_identifiers);
        status = g_test_run();
        g_assert_cmpint(rmdir(base), ==, 0);
        g_free(base);
        return status;
}
