/* Runtime folders: where they lie, and that each instance has its own. */

#include "daemon/runtime-folder.h"

#include <sys/stat.h>
#include <unistd.h>

static char *base;

static void remove_folder(const char *name)
{
        g_autofree char *lock = g_build_filename(base, name, "lock", NULL);
        g_autofree char *bus = g_build_filename(base, name, "bus", NULL);
        g_autofree char *path = g_build_filename(base, name, NULL);

        unlink(lock);
        rmdir(bus);
        rmdir(path);
}

static void test_asked_for(void)
{
        g_autoptr(RuntimeFolder) folder = NULL;
        g_autoptr(RuntimeFolder) second = NULL;
        g_autoptr(GError) error = NULL;
        g_autofree char *path = g_build_filename(base, "unit", NULL);
        struct stat status;

        g_setenv("RUNTIME_DIRECTORY", base, true);
        g_assert_true(runtime_folder_new("unit", &folder, NULL));
        g_assert_cmpstr(runtime_folder_path(folder), ==, path);
        g_assert_cmpint(stat(path, &status), ==, 0);
        g_assert_cmpint(status.st_mode & 0777, ==, 0700);
        /* It was asked for, so there is no other. */
        g_assert_false(runtime_folder_new("unit", &second, &error));
        g_assert_nonnull(g_strrstr(error->message, "another busvisord uses it"));
        folder = runtime_folder_free(folder);
        g_assert_true(runtime_folder_new("unit", &folder, NULL));
        folder = runtime_folder_free(folder);
        remove_folder("unit");
        g_unsetenv("RUNTIME_DIRECTORY");
}

static void test_odd_identifiers(void)
{
        g_autoptr(RuntimeFolder) folder = NULL;
        g_autoptr(GError) error = NULL;
        g_autofree char *path = g_build_filename(base, ".._x", NULL);

        g_setenv("RUNTIME_DIRECTORY", base, true);
        g_assert_true(runtime_folder_new("../x", &folder, NULL));
        g_assert_cmpstr(runtime_folder_path(folder), ==, path);
        folder = runtime_folder_free(folder);
        remove_folder(".._x");
        g_assert_false(runtime_folder_new("..", &folder, &error));
        g_assert_nonnull(g_strrstr(error->message, "cannot name a folder"));
        g_unsetenv("RUNTIME_DIRECTORY");
}

/* Where nothing is fixed, each instance has a fresh one, and leaves nothing behind. */
static void test_fresh(void)
{
        g_autoptr(RuntimeFolder) one = NULL;
        g_autoptr(RuntimeFolder) two = NULL;
        g_autofree char *path = NULL;
        g_autofree char *below = NULL;

        if (geteuid() == 0) {
                g_test_skip("root has a fixed folder");
                return;
        }
        g_unsetenv("XDG_RUNTIME_DIR");
        g_assert_true(runtime_folder_new("unit", &one, NULL));
        g_assert_true(runtime_folder_new("unit", &two, NULL));
        g_assert_cmpstr(runtime_folder_path(one), !=, runtime_folder_path(two));
        path = g_strdup(runtime_folder_path(one));
        below = runtime_folder_file(one, "bus/socket");
        one = runtime_folder_free(one);
        g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

int main(int argc, char **argv)
{
        int status;

        g_test_init(&argc, &argv, NULL);
        base = g_dir_make_tmp("busvisor-unit-XXXXXX", NULL);
        g_test_add_func("/folders/asked-for", test_asked_for);
        g_test_add_func("/folders/odd-identifiers", test_odd_identifiers);
        g_test_add_func("/folders/fresh", test_fresh);
        status = g_test_run();
        rmdir(base);
        g_free(base);
        return status;
}
