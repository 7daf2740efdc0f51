/* Reading logs: which bytes an offset and a length mean, and what is read at all. */

#include "daemon/output/log-reader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/fixture.h"

static void test_read(void)
{
        /* Of a file of 10 bytes, at most 6 at once. */
        static const struct {
                int64_t offset, length;
                bool fits;
                uint64_t position, wanted;
        } rows[] = {
                { 0, 0, true, 0, 6 },
                { 5, 0, true, 5, 5 },
                { 5, 3, true, 5, 3 },
                { 5, 100, true, 5, 5 },
                { 2, 7, true, 2, 6 },
                { 9, 1, true, 9, 1 },
                { 10, 0, true, 10, 0 },
                { 10, 5, true, 10, 0 },
                { 11, 0, true, 10, 0 },
                { INT64_MAX, INT64_MAX, true, 10, 0 },
                { -1, 0, true, 9, 1 },
                { -6, 0, true, 4, 6 },
                { -8, 0, true, 2, 6 },
                { -10, 0, true, 0, 6 },
                { -100, 0, true, 0, 6 },
                { INT64_MIN, 0, true, 0, 6 },
                { -1, 1, false },
                { -1, -1, false },
                { 0, -1, false },
                { 5, INT64_MIN, false },
                { INT64_MIN, INT64_MAX, false },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
                LogRange range = {};

                g_assert_cmpint(log_reader_find(rows[i].offset, rows[i].length, 10, 6, &range), ==,
                                rows[i].fits);
                g_assert_cmpuint(range.position, ==, rows[i].position);
                g_assert_cmpuint(range.length, ==, rows[i].wanted);
        }
}

static void test_tail(void)
{
        /* Of a file of 10 bytes, at most 6 at once. */
        static const struct {
                int64_t offset, length;
                uint64_t position, wanted;
                bool overflow;
        } rows[] = {
                { 0, 5, 5, 5, true },
                { 0, 10, 4, 6, false },
                { 0, 100, 4, 6, false },
                { 3, 5, 5, 5, true },
                { 5, 5, 5, 5, false },
                { 8, 5, 5, 5, false },
                { 9, 5, 5, 5, false },
                { 10, 5, 10, 0, false },
                { 11, 5, 10, 0, false },
                { 0, 1, 9, 1, true },
                { 0, 0, 9, 0, true },
                { 10, 0, 10, 0, false },
                { -5, 3, 7, 3, true },
                { -5, 15, 4, 6, false },
                { -5, -3, 9, 0, true },
                { INT64_MAX, INT64_MAX, 10, 0, false },
                { 0, INT64_MAX, 4, 6, false },
                { INT64_MIN, INT64_MIN, 9, 0, true },
                { INT64_MIN, INT64_MAX, 4, 6, true },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
                LogRange range = {};
                bool overflow = !rows[i].overflow;

                log_reader_find_tail(rows[i].offset, rows[i].length, 10, 6, &range, &overflow);
                g_assert_cmpuint(range.length, ==, rows[i].wanted);
                g_assert_cmpuint(range.position, ==, rows[i].position);
                g_assert_cmpint(overflow, ==, rows[i].overflow);
        }
}

static void test_empty(void)
{
        LogRange range = {};
        bool overflow = true;

        g_assert_true(log_reader_find(-100, 0, 0, 6, &range));
        g_assert_cmpuint(range.position + range.length, ==, 0);
        log_reader_find_tail(0, 100, 0, 6, &range, &overflow);
        g_assert_cmpuint(range.position + range.length, ==, 0);
        g_assert_false(overflow);
}

static void test_bytes(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        char buffer[16] = "";
        int fd;

        g_assert_true(g_file_set_contents(path, "0123456789", 10, NULL));
        fd = log_reader_open(path);
        g_assert_cmpint(fd, >=, 0);
        g_assert_cmpint(fcntl(fd, F_GETFD), ==, FD_CLOEXEC);
        g_assert_cmpint(fcntl(fd, F_GETFL) & O_ACCMODE, ==, O_RDONLY);
        g_assert_cmpint(log_reader_size(fd), ==, 10);
        g_assert_cmpint(log_reader_read(fd, &(LogRange){ 3, 4 }, buffer), ==, 4);
        g_assert_cmpstr(buffer, ==, "3456");
        /* It has become shorter since it was looked at. */
        g_assert_cmpint(truncate(path, 5), ==, 0);
        g_assert_cmpint(log_reader_read(fd, &(LogRange){ 3, 4 }, buffer), ==, 2);
        close(fd);
        fixture_folder_free(folder);
}

/* Nothing of this may wait for somebody to open the other end. */
static void test_no_files(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *pipe = g_build_filename(folder, "pipe", NULL);
        g_autofree char *link = g_build_filename(folder, "link", NULL);
        g_autofree char *none = g_build_filename(folder, "none", NULL);

        g_assert_cmpint(mkfifo(pipe, 0600), ==, 0);
        g_assert_cmpint(symlink(pipe, link), ==, 0);
        g_assert_cmpint(log_reader_open(pipe), ==, -EMEDIUMTYPE);
        g_assert_cmpint(log_reader_open(link), ==, -EMEDIUMTYPE);
        g_assert_cmpint(log_reader_open("/dev/null"), ==, -EMEDIUMTYPE);
        g_assert_cmpint(log_reader_open(folder), ==, -EMEDIUMTYPE);
        g_assert_cmpint(log_reader_open(none), ==, -ENOENT);
        fixture_folder_free(folder);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/log-reader/read", test_read);
        g_test_add_func("/log-reader/tail", test_tail);
        g_test_add_func("/log-reader/empty", test_empty);
        g_test_add_func("/log-reader/bytes", test_bytes);
        g_test_add_func("/log-reader/no-files", test_no_files);
        return g_test_run();
}
