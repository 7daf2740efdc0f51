/* The pid file: written, locked, taken away, and what is in its way. */

#include "daemon/pid-file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "tests/unit/fixture.h"

static char *own_pid(void)
{
        return g_strdup_printf("%ld\n", (long)getpid());
}

static void check_text(const char *folder, const char *wanted)
{
        g_autofree char *text = fixture_read(folder, "pid");

        g_assert_cmpstr(text, ==, wanted);
}

static void test_life(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "pid", NULL);
        g_autofree char *pid = own_pid();
        g_autoptr(PidFile) file = NULL;
        mode_t before = umask(027);
        struct stat status;

        g_assert_true(pid_file_new(path, &file, NULL));
        umask(before);
        check_text(folder, pid);
        g_assert_cmpint(stat(path, &status), ==, 0);
        g_assert_cmpuint(status.st_mode & 07777, ==, 0640);
        file = pid_file_free(file);
        g_assert_cmpint(access(path, F_OK), ==, -1);
        fixture_folder_free(folder);
}

static void test_stale(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "pid", NULL);
        g_autofree char *pid = own_pid();
        g_autoptr(PidFile) file = NULL;

        g_assert_true(g_file_set_contents(path, "123456789123456789\nand more\n", -1, NULL));
        g_assert_true(pid_file_new(path, &file, NULL));
        check_text(folder, pid);
        file = pid_file_free(file);
        g_assert_cmpint(access(path, F_OK), ==, -1);
        fixture_folder_free(folder);
}

/* Another running instance, which is another description of the file. */
static void test_in_use(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "pid", NULL);
        g_autoptr(PidFile) file = NULL;
        g_autoptr(GError) error = NULL;
        autofd other = -1;

        g_assert_true(g_file_set_contents(path, "4711\n", -1, NULL));
        other = open(path, O_RDONLY | O_CLOEXEC);
        g_assert_cmpint(flock(other, LOCK_EX), ==, 0);
        g_assert_false(pid_file_new(path, &file, &error));
        g_assert_nonnull(strstr(error->message, "it belongs to the running process 4711"));
        check_text(folder, "4711\n");
        fixture_folder_free(folder);
}

/* Somebody has put another one there, which is his. */
static void test_replaced(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "pid", NULL);
        g_autoptr(PidFile) file = NULL;

        g_assert_true(pid_file_new(path, &file, NULL));
        g_assert_cmpint(unlink(path), ==, 0);
        g_assert_true(g_file_set_contents(path, "4711\n", -1, NULL));
        file = pid_file_free(file);
        check_text(folder, "4711\n");
        fixture_folder_free(folder);
}

static void test_no_file(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "pid", NULL);
        g_autofree char *below = g_build_filename(path, "pid", NULL);
        g_autoptr(PidFile) file = NULL, another = NULL;
        g_autoptr(GError) error = NULL;

        g_assert_true(pid_file_new("/dev/null", &file, NULL));
        g_assert_true(pid_file_new("/dev/null", &another, NULL));
        file = pid_file_free(file);
        g_assert_cmpint(access("/dev/null", F_OK), ==, 0);
        g_assert_false(pid_file_new(below, &file, &error));
        g_assert_nonnull(strstr(error->message, "could not write pidfile"));
        fixture_folder_free(folder);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/pid-file/life", test_life);
        g_test_add_func("/pid-file/stale", test_stale);
        g_test_add_func("/pid-file/in-use", test_in_use);
        g_test_add_func("/pid-file/replaced", test_replaced);
        g_test_add_func("/pid-file/no-file", test_no_file);
        return g_test_run();
}
