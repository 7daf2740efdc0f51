/* Log files: appending, rotation, targets that are no files, and what can happen to files. */

#include "daemon/output/log-file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/output/compression.h"
#include "tests/unit/fixture.h"

static LogFile *open_log(const char *path, int64_t max_bytes, int64_t backups)
{
        const LogFilePlan plan = {
                .path = path,
                .rotation = { .max_bytes = max_bytes, .backups = backups },
        };
        LogFile *file = NULL;

        g_assert_cmpint(log_file_open(&plan, &file), ==, 0);
        return file;
}

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
                g_autoptr(LogFile) file = open_log(path, 0, 10);

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

        file = open_log(path, 10, 2);
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

        file = open_log(path, 0, 10);
        put(file, "1234567890");
        log_file_set_rotation(file, &(Rotation){ .max_bytes = 10, .backups = 1 });
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
        file = open_log(path, 10, 1);
        put(file, "new");
        check_file(folder, "log.1", "old oldnew");
        fixture_folder_free(folder);
}

static void test_no_backups(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        g_autoptr(LogFile) file = NULL;

        file = open_log(path, 4, 0);
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

        file = open_log(path, 0, 0);
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
        file = open_log(path, 10, 2);
        taken = log_file_write(file, block, 1024 * 1024);
        g_assert_cmpint(taken, >, 0);
        g_assert_cmpint(taken, <, 1024 * 1024);
        g_assert_cmpint(log_file_write(file, "x", 1), ==, 0);
        fixture_folder_free(folder);
}

/* What leads through /dev or /proc to a regular file belongs to others: no rotation, and no
 * renaming of the link. */
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
        file = open_log(link, 4, 2);
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

        g_assert_cmpint(log_file_open(&(LogFilePlan){ .path = "/no/such/folder/log" }, &file), ==,
                        -ENOENT);
        g_assert_null(file);
        file = open_log("/dev/full", 0, 0);
        g_assert_cmpint(log_file_write(file, "xyz", 3), ==, -ENOSPC);
        g_assert_cmpuint(log_file_lost(file), ==, 3);
        log_file_free(file);
}

/* Times are given to each write; the first is this one. */
#define NOW_USEC (UINT64_C(1700000000) * G_USEC_PER_SEC)

static void put_at(LogFile *file, const char *text, uint64_t after_usec)
{
        g_assert_cmpint(log_file_write_at(file, text, strlen(text), NOW_USEC + after_usec), ==,
                        strlen(text));
}

/* A folder that comes back is found with the first bytes after a second, not with all of them. */
static void test_folder_vanishes(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *below = g_build_filename(folder, "below", NULL);
        g_autofree char *path = g_build_filename(below, "log", NULL);
        g_autoptr(LogFile) file = log_file_new(&(LogFilePlan){ .path = path });

        g_assert_cmpint(log_file_fd(file), ==, -1);
        g_assert_cmpint(log_file_write_at(file, "one\n", 4, NOW_USEC), ==, -ENOENT);
        g_assert_cmpint(mkdir(below, 0700), ==, 0);
        g_assert_cmpint(log_file_write_at(file, "two\n", 4, NOW_USEC + 999999), ==, -ENOENT);
        put_at(file, "three\n", 1000000);
        check_file(below, "log", "three\n");
        g_assert_cmpuint(log_file_lost(file), ==, 8);
        /* And it goes away while the file is open. */
        g_assert_cmpint(unlink(path), ==, 0);
        g_assert_cmpint(rmdir(below), ==, 0);
        g_assert_cmpint(log_file_write_at(file, "four\n", 5, NOW_USEC + 2000000), ==, -ENOENT);
        g_assert_cmpint(log_file_write_at(file, "five\n", 5, NOW_USEC + 2000001), ==, -ENOENT);
        g_assert_cmpint(mkdir(below, 0700), ==, 0);
        put_at(file, "six\n", 3000000);
        check_file(below, "log", "six\n");
        g_assert_cmpuint(log_file_lost(file), ==, 18);
        fixture_folder_free(g_strdup(below));
        fixture_folder_free(folder);
}

static void test_deleted(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        g_autoptr(LogFile) file = open_log(path, 0, 0);

        put_at(file, "one", 0);
        unlink(path);
        put_at(file, "two", 1000000);
        check_file(folder, "log", "two");
        fixture_folder_free(folder);
}

static void test_private(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        const LogFilePlan plan = { .path = path, .rotation = { 4, 1 }, .is_private = true };
        g_autoptr(LogFile) file = log_file_new(&plan);

        g_assert_cmpint(log_file_reopen(file), ==, 0);
        for (int i = 0; i < 4; i++) {
                struct stat status;

                put_at(file, i == 0 ? "12345" : "1", i * 1000000);
                g_assert_cmpint(stat(path, &status), ==, 0);
                g_assert_cmpint(status.st_mode & 0777, ==, 0600);
                if (i == 1)
                        unlink(path);
                if (i == 2)
                        g_assert_cmpint(log_file_clear(file), ==, 0);
        }
        /* Nobody can make us write elsewhere. */
        unlink(path);
        g_assert_cmpint(symlink("elsewhere", path), ==, 0);
        g_assert_cmpint(log_file_write_at(file, "x", 1, NOW_USEC + 9000000), ==, -ELOOP);
        fixture_folder_free(folder);
}

static void test_clear(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        g_autofree char *away = g_build_filename(folder, "away", NULL);
        g_autofree char *fifo = g_build_filename(folder, "fifo", NULL);
        g_autoptr(LogFile) file = open_log(path, 10, 2);
        g_autoptr(LogFile) stream = NULL;

        put(file, "bbbbbbbbbb");
        put(file, "1234567");
        g_assert_cmpint(log_file_clear(file), ==, 0);
        check_file(folder, "log", "");
        check_file(folder, "log.1", "bbbbbbbbbb");
        /* The size counts anew. */
        put(file, "1234567");
        check_file(folder, "log", "1234567");
        /* What somebody has put aside is not ours to clear. */
        g_assert_cmpint(rename(path, away), ==, 0);
        g_assert_cmpint(log_file_clear(file), ==, 0);
        put(file, "x");
        check_file(folder, "away", "1234567");
        check_file(folder, "log", "x");
        g_assert_true(log_file_is_regular(file));
        g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
        stream = open_log(fifo, 0, 0);
        g_assert_false(log_file_is_regular(stream));
        g_assert_cmpint(log_file_clear(stream), ==, 0);
        put(stream, "x");
        fixture_folder_free(folder);
}

/* As logrotate's copytruncate does it: what we have written before does not count any more. */
static void test_truncated(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        g_autoptr(LogFile) file = open_log(path, 10, 2);

        put_at(file, "12345678", 0);
        g_assert_cmpint(truncate(path, 0), ==, 0);
        put_at(file, "12345678", 1);
        check_file(folder, "log", "12345678");
        put_at(file, "90", 2);
        check_file(folder, "log", "");
        check_file(folder, "log.1", "1234567890");
        fixture_folder_free(folder);
}

/* Another file is there by now, and that one is not due. */
static void test_replaced(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        g_autofree char *away = g_build_filename(folder, "away", NULL);
        g_autoptr(LogFile) file = open_log(path, 10, 2);

        put(file, "123456");
        g_assert_cmpint(rename(path, away), ==, 0);
        g_assert_true(g_file_set_contents(path, "new", -1, NULL));
        put(file, "7890");
        put(file, "x");
        check_file(folder, "away", "1234567890");
        check_file(folder, "log", "newx");
        check_file(folder, "log.1", "");
        fixture_folder_free(folder);
}

/* No byte and no backup is lost where nothing can be renamed: FILE.1 is in the way as a folder. */
static void test_cannot_rotate(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        g_autofree char *first = g_build_filename(folder, "log.1", NULL);
        g_autoptr(LogFile) file = open_log(path, 4, 1);

        g_assert_cmpint(mkdir(first, 0700), ==, 0);
        put_at(file, "1234", 0);
        put_at(file, "5678", 1);
        check_file(folder, "log", "12345678");
        g_assert_cmpint(rmdir(first), ==, 0);
        put_at(file, "9", 2);
        check_file(folder, "log", "123456789");
        put_at(file, "x", 1000000);
        check_file(folder, "log", "x");
        check_file(folder, "log.1", "123456789");
        fixture_folder_free(folder);
}

/* Every local day a file, also of what an earlier run has left; never an empty one. */
static void test_rotation_by_time(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        const LogFilePlan plan = { .path = path, .rotation = { .backups = 9, .every = 86400 } };
        const uint64_t day = 86400 * UINT64_C(1000000);
        const struct timespec written[2] = { { 1700000000 - 86400 }, { 1700000000 - 86400 } };
        g_autoptr(LogFile) file = NULL;

        g_assert_true(g_file_set_contents(path, "yesterday", -1, NULL));
        g_assert_cmpint(utimensat(AT_FDCWD, path, written, 0), ==, 0);
        g_assert_cmpint(log_file_open(&plan, &file), ==, 0);
        put_at(file, "today", 0);
        put_at(file, " also", 1000000);
        check_file(folder, "log.1", "yesterday");
        check_file(folder, "log", "today also");
        put_at(file, "tomorrow", day);
        check_file(folder, "log.2", "yesterday");
        check_file(folder, "log.1", "today also");
        check_file(folder, "log", "tomorrow");
        /* A clock that is turned back makes no new file. */
        put_at(file, "!", 0);
        check_file(folder, "log", "tomorrow!");
        g_assert_cmpint(truncate(path, 0), ==, 0);
        put_at(file, "week", 7 * day);
        check_file(folder, "log.1", "today also");
        check_file(folder, "log", "week");
        fixture_folder_free(folder);
}

/* Nothing may be made or renamed in the folder any more; then it may again. */
static void test_permission_lost(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        g_autoptr(LogFile) file = NULL;
        const uid_t user = geteuid();

        if (user == 0) {
                g_assert_cmpint(chown(folder, 65534, -1), ==, 0);
                g_assert_cmpint(seteuid(65534), ==, 0);
        }
        file = open_log(path, 4, 2);
        g_assert_cmpint(chmod(folder, 0500), ==, 0);
        put_at(file, "1234", 0);
        put_at(file, "5678", 1000000);
        check_file(folder, "log", "12345678");
        g_assert_cmpint(chmod(folder, 0700), ==, 0);
        put_at(file, "x", 2000000);
        check_file(folder, "log", "x");
        check_file(folder, "log.1", "12345678");
        /* Nor written, once it has to be opened again. */
        g_assert_cmpint(chmod(path, 0400), ==, 0);
        g_assert_cmpint(log_file_reopen(file), ==, -EACCES);
        put_at(file, "y", 2000001);
        check_file(folder, "log", "xy");
        g_assert_cmpuint(log_file_lost(file), ==, 0);
        g_assert_cmpint(seteuid(user), ==, 0);
        fixture_folder_free(folder);
}

/* The new file cannot be made, since it would be too many: the old one is written to until it can.
 */
static void test_no_descriptors(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        g_autoptr(LogFile) file = open_log(path, 4, 2);
        struct rlimit limit, none;

        g_assert_cmpint(getrlimit(RLIMIT_NOFILE, &limit), ==, 0);
        none = limit;
        none.rlim_cur = 0;
        put_at(file, "123", 0);
        g_assert_cmpint(setrlimit(RLIMIT_NOFILE, &none), ==, 0);
        put_at(file, "4", 1);
        put_at(file, "5", 2);
        put_at(file, "6", 2000000);
        g_assert_cmpint(setrlimit(RLIMIT_NOFILE, &limit), ==, 0);
        check_file(folder, "log.1", "123456");
        put_at(file, "7", 4000000);
        check_file(folder, "log.1", "123456");
        check_file(folder, "log", "7");
        check_file(folder, "log.2", "");
        fixture_folder_free(folder);
}

/* A limit of the file's size stands for the full disk: part of a line gets in, the rest is lost,
 * and what comes later begins a line. */
static void test_full_disk(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        g_autoptr(LogFile) file = open_log(path, 0, 0);
        struct rlimit limit, small;

        signal(SIGXFSZ, SIG_IGN);
        g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &limit), ==, 0);
        small = limit;
        small.rlim_cur = 10;
        g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &small), ==, 0);
        put(file, "one\n");
        g_assert_cmpint(log_file_write(file, "0123456789\n", 11), ==, -EFBIG);
        g_assert_cmpint(log_file_write(file, "lost\n", 5), ==, -EFBIG);
        g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &limit), ==, 0);
        put(file, "two\n");
        check_file(folder, "log", "one\n012345\ntwo\n");
        g_assert_cmpuint(log_file_lost(file), ==, 10);
        fixture_folder_free(folder);
}

static char *compressed_path;

static void on_compression(const char *path, const Rotation *rotation, void *userdata)
{
        g_assert_cmpint(rotation->compress, ==, LOG_COMPRESSION_ZSTD);
        g_free(compressed_path);
        compressed_path = g_strdup(path);
}

static void test_asks_for_compression(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        const LogFilePlan plan = { .path = path,
                .rotation = { .max_bytes = 4, .backups = 1, .compress = LOG_COMPRESSION_ZSTD } };
        g_autoptr(LogFile) file = NULL;

        compression_set_handler(on_compression, NULL);
        g_assert_cmpint(log_file_open(&plan, &file), ==, 0);
        put(file, "123");
        g_assert_null(compressed_path);
        put(file, "4");
        g_assert_cmpstr(compressed_path, ==, path);
        compression_set_handler(NULL, NULL);
        g_free(compressed_path);
        fixture_folder_free(folder);
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
        g_test_add_func("/log-file/folder-vanishes", test_folder_vanishes);
        g_test_add_func("/log-file/deleted", test_deleted);
        g_test_add_func("/log-file/private", test_private);
        g_test_add_func("/log-file/clear", test_clear);
        g_test_add_func("/log-file/truncated", test_truncated);
        g_test_add_func("/log-file/replaced", test_replaced);
        g_test_add_func("/log-file/cannot-rotate", test_cannot_rotate);
        g_test_add_func("/log-file/rotation-by-time", test_rotation_by_time);
        g_test_add_func("/log-file/permission-lost", test_permission_lost);
        g_test_add_func("/log-file/no-descriptors", test_no_descriptors);
        g_test_add_func("/log-file/full-disk", test_full_disk);
        g_test_add_func("/log-file/asks-for-compression", test_asks_for_compression);
        return g_test_run();
}
