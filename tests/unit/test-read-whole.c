/* What comes in pieces is put together, a file that ends early is no error, and an offset is
 * counted from. */

#include "bus/read-whole.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <glib.h>

#include "bus/cleanup.h"

static int file_with(const char *text)
{
        int fd = memfd_create("file", MFD_CLOEXEC);

        g_assert_cmpint(fd, >=, 0);
        g_assert_cmpint(write(fd, text, strlen(text)), ==, strlen(text));
        g_assert_cmpint(lseek(fd, 0, SEEK_SET), ==, 0);
        return fd;
}

static void test_file(void)
{
        autofd fd = file_with("0123456789");
        char buffer[20];

        g_assert_cmpint(read_whole(fd, buffer, 4), ==, 4);
        g_assert_cmpmem(buffer, 4, "0123", 4);
        g_assert_cmpint(read_whole(fd, buffer, sizeof buffer), ==, 6);
        g_assert_cmpmem(buffer, 6, "456789", 6);
        g_assert_cmpint(read_whole(fd, buffer, sizeof buffer), ==, 0);
}

static void test_offset(void)
{
        autofd fd = file_with("0123456789");
        char buffer[20];

        g_assert_cmpint(read_whole_at(fd, buffer, 3, 5), ==, 3);
        g_assert_cmpmem(buffer, 3, "567", 3);
        g_assert_cmpint(read_whole_at(fd, buffer, sizeof buffer, 8), ==, 2);
        g_assert_cmpmem(buffer, 2, "89", 2);
        g_assert_cmpint(read_whole_at(fd, buffer, sizeof buffer, 11), ==, 0);
        g_assert_cmpint(lseek(fd, 0, SEEK_CUR), ==, 0);
}

/* Each read(2) of a pipe brings at most what is in it, 64 KiB. */
static gpointer write_much(gpointer data)
{
        autofd fd = GPOINTER_TO_INT(data);
        g_autofree char *piece = g_malloc0(50000);

        for (int i = 0; i < 10; i++)
                g_assert_cmpint(write(fd, piece, 50000), ==, 50000);
        return NULL;
}

static void test_pieces(void)
{
        g_autofree char *buffer = g_malloc(600000);
        int ends[2];
        GThread *writer;

        g_assert_cmpint(pipe(ends), ==, 0);
        writer = g_thread_new("writer", write_much, GINT_TO_POINTER(ends[1]));
        g_assert_cmpint(read_whole(ends[0], buffer, 600000), ==, 500000);
        g_thread_join(writer);
        fd_close(ends[0]);
}

static void test_error(void)
{
        char buffer[1];

        g_assert_cmpint(read_whole(-1, buffer, 1), ==, -EBADF);
        g_assert_cmpint(read_whole_at(-1, buffer, 1, 0), ==, -EBADF);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/read-whole/file", test_file);
        g_test_add_func("/read-whole/offset", test_offset);
        g_test_add_func("/read-whole/pieces", test_pieces);
        g_test_add_func("/read-whole/error", test_error);
        return g_test_run();
}
