/* Log files: appending, rotation, targets that are no files. */

#include "daemon/output/log-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/fixture.h"

static void put(LogFile *file, const char *text)
{
        g_assert_cmpint(log_file_write(file, text, strlen(text)), ==, strlen(text));
}

static void check_file(const char *folder, const char *name, const char *wanted)
{
        g_autofree char *text = fixture_read(folder, name);

        g_assert_cmpstr(text, ==, wanted);
}

static void test_append(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);

        for (int i = 0; i < 2; i++) {
                g_autoptr(LogFile) file = NULL;

                g_assert_cmpint(log_file_open(path, 0, 10, &file), ==, 0);
                g_assert_cmpstr(log_file_path(file), ==, path);
                put(file, "line\n");
        }
        check_file(folder, "log", "line\nline\n");
        fixture_folder_free(folder);
}

/* The write that reaches the size stays whole in the old file. */
static void test_rotation(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        g_autoptr(LogFile) file = NULL;

        g_assert_cmpint(log_file_open(path, 10, 2, &file), ==, 0);
        put(file, "1234");
        put(file, "56789012");
        check_file(folder, "log", "");
        check_file(folder, "log.1", "123456789012");
        put(file, "bbbbbbbbbb");
        put(file, "cccccccccc");
        put(file, "d");
        check_file(folder, "log", "d");
        check_file(folder, "log.1", "cccccccccc");
        check_file(folder, "log.2", "bbbbbbbbbb");
        check_file(folder, "log.3", "");
        fixture_folder_free(folder);
}

/* Other limits count from the next write on, for what is there already too. */
static void test_set_rotation(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        g_autoptr(LogFile) file = NULL;

        g_assert_cmpint(log_file_open(path, 0, 10, &file), ==, 0);
        put(file, "1234567890");
        log_file_set_rotation(file, 10, 1);
        check_file(folder, "log", "1234567890");
        put(file, "x");
        check_file(folder, "log.1", "1234567890x");
        put(file, "yyyyyyyyyy");
        check_file(folder, "log.1", "yyyyyyyyyy");
        check_file(folder, "log.2", "");
        fixture_folder_free(folder);
}

/* What an earlier run wrote counts too. */
static void test_rotation_of_old_file(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        g_autoptr(LogFile) file = NULL;

        g_assert_true(g_file_set_contents(path, "old old", -1, NULL));
        g_assert_cmpint(log_file_open(path, 10, 1, &file), ==, 0);
        put(file, "new");
        check_file(folder, "log.1", "old oldnew");
        fixture_folder_free(folder);
}

static void test_no_backups(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        g_autoptr(LogFile) file = NULL;

        g_assert_cmpint(log_file_open(path, 4, 0, &file), ==, 0);
        put(file, "12345");
        check_file(folder, "log", "");
        put(file, "a");
        check_file(folder, "log", "a");
        check_file(folder, "log.1", "");
        fixture_folder_free(folder);
}

static void test_reopen(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        g_autofree char *away = g_build_filename(folder, "away", NULL);
        g_autoptr(LogFile) file = NULL;

        g_assert_cmpint(log_file_open(path, 0, 0, &file), ==, 0);
        put(file, "before");
        g_assert_cmpint(rename(path, away), ==, 0);
        put(file, " still");
        g_assert_cmpint(log_file_reopen(file), ==, 0);
        put(file, "after");
        check_file(folder, "away", "before still");
        check_file(folder, "log", "after");
        fixture_folder_free(folder);
}

/* A pipe takes what it can, and is never rotated. */
static void test_full_pipe(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "fifo", NULL);
        g_autofree char *block = g_malloc0(1024 * 1024);
        g_autoptr(LogFile) file = NULL;
        ssize_t taken;

        g_assert_cmpint(mkfifo(path, 0600), ==, 0);
        /* Nobody reads it yet, and still it can be opened. */
        g_assert_cmpint(log_file_open(path, 10, 2, &file), ==, 0);
        taken = log_file_write(file, block, 1024 * 1024);
        g_assert_cmpint(taken, >, 0);
        g_assert_cmpint(taken, <, 1024 * 1024);
        g_assert_cmpint(log_file_write(file, "x", 1), ==, 0);
        fixture_folder_free(folder);
}

/* What leads through /dev or /proc to a regular file belongs to others: no rotation, and no renaming of the link. */
static void test_device_link(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "target", NULL);
        g_autofree char *link = g_build_filename(folder, "stdout", NULL);
        g_autofree char *device = NULL;
        g_autoptr(LogFile) file = NULL;
        int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

        device = g_strdup_printf("/proc/self/fd/%d", fd);
        g_assert_cmpint(symlink(device, link), ==, 0);
        g_assert_cmpint(log_file_open(link, 4, 2, &file), ==, 0);
        put(file, "123456");
        put(file, "7");
        check_file(folder, "target", "1234567");
        check_file(folder, "stdout.1", "");
        g_assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
        close(fd);
        fixture_folder_free(folder);
}

static void test_errors(void)
{
        LogFile *file = NULL;

        g_assert_cmpint(log_file_open("/no/such/folder/log", 0, 0, &file), ==, -ENOENT);
        g_assert_null(file);
        g_assert_cmpint(log_file_open("/dev/full", 0, 0, &file), ==, 0);
        g_assert_cmpint(log_file_write(file, "x", 1), ==, -ENOSPC);
        log_file_free(file);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/log-file/append", test_append);
        g_test_add_func("/log-file/rotation", test_rotation);
        g_test_add_func("/log-file/set-rotation", test_set_rotation);
        g_test_add_func("/log-file/rotation-of-old-file", test_rotation_of_old_file);
        g_test_add_func("/log-file/no-backups", test_no_backups);
        g_test_add_func("/log-file/reopen", test_reopen);
        g_test_add_func("/log-file/full-pipe", test_full_pipe);
        g_test_add_func("/log-file/device-link", test_device_link);
        g_test_add_func("/log-file/errors", test_errors);
        return g_test_run();
}
