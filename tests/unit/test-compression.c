/* Compression of backups: what is taken up, and where the result goes. */

#include "daemon/output/compression.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/fixture.h"

static const Rotation two = { .backups = 2, .compress = LOG_COMPRESSION_GZIP };

static void write_file(const char *folder, const char *name, const char *text)
{
        g_autofree char *path = g_build_filename(folder, name, NULL);

        g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void check_file(const char *folder, const char *name, const char *wanted)
{
        g_autofree char *text = fixture_read(folder, name);

        g_assert_cmpstr(text, ==, wanted);
}

static Compression *begin(const char *folder)
{
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        Compression *compression = NULL;

        g_assert_cmpint(compression_new(path, &two, &compression), ==, 1);
        return compression;
}

/* In place of the program: "<" and what it reads. */
static void run(const Compression *compression)
{
        char text[100];
        ssize_t n = read(compression_source(compression), text, sizeof text);

        g_assert_cmpint(n, >=, 0);
        g_assert_cmpint(write(compression_target(compression), "<", 1), ==, 1);
        g_assert_cmpint(write(compression_target(compression), text, n), ==, n);
}

static void test_whole(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *plain = g_build_filename(folder, "log.1", NULL);
        g_autofree char *compressed = g_build_filename(folder, "log.1.gz", NULL);
        g_autoptr(Compression) compression = NULL;
        const struct timespec times[2] = { { 1000 }, { 1700000000, 5 } };
        struct stat status;

        write_file(folder, "log", "now");
        write_file(folder, "log.1", "before");
        g_assert_cmpint(chmod(plain, 0640), ==, 0);
        g_assert_cmpint(utimensat(AT_FDCWD, plain, times, 0), ==, 0);
        compression = begin(folder);
        g_assert_cmpstr(compression_program(compression), ==, "gzip");
        g_assert_cmpstr(compression_path(compression), ==, plain);
        run(compression);
        check_file(folder, "log.1", "before");
        g_assert_cmpint(compression_finish(compression), ==, 0);
        check_file(folder, "log", "now");
        check_file(folder, "log.1", "");
        check_file(folder, "log.1.gz", "<before");
        g_assert_cmpint(stat(compressed, &status), ==, 0);
        g_assert_cmpint(status.st_mode & 0777, ==, 0640);
        g_assert_cmpint(status.st_mtim.tv_sec, ==, 1700000000);
        fixture_folder_free(folder);
}

/* Two rotations while it runs; then one more, and it is gone. */
static void test_rotated_meanwhile(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);

        for (int rotations = 0; rotations <= 2; rotations++) {
                g_autoptr(Compression) compression = NULL;
                bool gone = rotations == 2;

                write_file(folder, "log.1", "first");
                compression = begin(folder);
                for (int i = 1; i <= rotations; i++) {
                        g_autofree char *text = g_strdup_printf("later %d", i);

                        write_file(folder, "log", text);
                        g_assert_cmpint(rotation_shift(path, 2), ==, 0);
                }
                run(compression);
                g_assert_cmpint(compression_finish(compression), ==, 0);
                check_file(folder, "log.1", rotations == 0 ? "" : gone ? "later 2" : "later 1");
                check_file(folder, "log.1.gz", rotations == 0 ? "<first" : "");
                check_file(folder, "log.2", gone ? "later 1" : "");
                check_file(folder, "log.2.gz", rotations == 1 ? "<first" : "");
                g_assert_cmpint(rotation_shift(path, 1), ==, 0);
                for (int n = 1; n <= 2; n++) {
                        g_autofree char *plain = rotation_name(path, n, LOG_COMPRESSION_NONE);
                        g_autofree char *packed = rotation_name(path, n, LOG_COMPRESSION_GZIP);

                        unlink(plain);
                        unlink(packed);
                }
        }
        fixture_folder_free(folder);
}

/* What a run left that could not compress, or was ended in the middle of it. */
static void test_left_over(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        Compression *compression = NULL;

        write_file(folder, "log.1.gz", "<one");
        write_file(folder, "log.2", "two");
        write_file(folder, "log.3", "beyond");
        write_file(folder, "log.gz.tmp", "half");
        compression = begin(folder);
        run(compression);
        g_assert_cmpint(compression_finish(compression), ==, 0);
        compression_free(compression);
        check_file(folder, "log.2.gz", "<two");
        check_file(folder, "log.gz.tmp", "");
        g_assert_cmpint(compression_new(path, &two, &compression), ==, 0);
        check_file(folder, "log.3", "beyond");
        fixture_folder_free(folder);
}

static void test_failed(void)
{
        char *folder = fixture_folder_new();

        write_file(folder, "log.1", "one");
        compression_free(begin(folder));
        check_file(folder, "log.1", "one");
        check_file(folder, "log.1.gz", "");
        check_file(folder, "log.gz.tmp", "");
        fixture_folder_free(folder);
}

/* Somebody still writes to it. */
static void test_grown(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *plain = g_build_filename(folder, "log.1", NULL);
        g_autoptr(Compression) compression = NULL;
        FILE *writer;

        write_file(folder, "log.1", "one");
        compression = begin(folder);
        run(compression);
        writer = fopen(plain, "a");
        fputs(" more", writer);
        fclose(writer);
        g_assert_cmpint(compression_finish(compression), ==, -EBUSY);
        check_file(folder, "log.1", "one more");
        check_file(folder, "log.1.gz", "");
        fixture_folder_free(folder);
}

/* Nothing but a plain file is taken up. */
static void test_links(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        g_autofree char *first = g_build_filename(folder, "log.1", NULL);
        Compression *compression = NULL;

        write_file(folder, "secret", "secret");
        g_assert_cmpint(symlink("secret", first), ==, 0);
        g_assert_cmpint(compression_new(path, &two, &compression), ==, -ELOOP);
        g_assert_null(compression);
        unlink(first);
        g_assert_cmpint(mkfifo(first, 0600), ==, 0);
        g_assert_cmpint(compression_new(path, &two, &compression), ==, 0);
        fixture_folder_free(folder);
}

/* However many there may be. */
static void test_nothing_to_do(void)
{
        const Rotation all = { .backups = INT64_MAX, .compress = LOG_COMPRESSION_GZIP };
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        g_autoptr(Compression) compression = NULL;

        write_file(folder, "log", "now");
        write_file(folder, "log.1.gz", "before");
        g_assert_cmpint(compression_new(path, &all, &compression), ==, 0);
        fixture_folder_free(folder);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/compression/whole", test_whole);
        g_test_add_func("/compression/rotated-meanwhile", test_rotated_meanwhile);
        g_test_add_func("/compression/left-over", test_left_over);
        g_test_add_func("/compression/failed", test_failed);
        g_test_add_func("/compression/grown", test_grown);
        g_test_add_func("/compression/links", test_links);
        g_test_add_func("/compression/nothing-to-do", test_nothing_to_do);
        return g_test_run();
}
