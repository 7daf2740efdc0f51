/* Targets: what a path leads to, and writing that never blocks. */

#include "bus/target.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "tests/unit/fixture.h"

static Target open_target(const char *path)
{
        Target target = { -1 };

        g_assert_cmpint(target_open(path, 0, &target), ==, 0);
        return target;
}

static size_t put(const Target *target, const char *data, size_t size)
{
        size_t written = 12345;

        g_assert_cmpint(target_write(target, data, size, &written), ==, 0);
        return written;
}

/* An open description as one is started with: it may be inherited. */
static int inherited(int fd)
{
        int moved = fcntl(fd, F_DUPFD, 50);

        g_assert_cmpint(moved, >=, 50);
        close(fd);
        return moved;
}

static bool is_nonblocking(int fd)
{
        return fcntl(fd, F_GETFL) & O_NONBLOCK;
}

static void test_file(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        g_autofree char *link = g_build_filename(folder, "link", NULL);
        Target target = open_target(path), by_link;

        g_assert_cmpint(target.kind, ==, TARGET_FILE);
        g_assert_cmpuint(put(&target, "abc", 3), ==, 3);
        g_assert_cmpint(symlink("log", link), ==, 0);
        by_link = open_target(link);
        g_assert_cmpint(by_link.kind, ==, TARGET_FILE);
        target_close(&target);
        target_close(&by_link);
        g_assert_cmpint(target.fd, ==, -1);
        fixture_folder_free(folder);
}

/* A descriptor of a file that was opened without O_APPEND, and is shared: both writers append. */
static void test_inherited_file(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        g_autofree char *name = NULL;
        g_autofree char *text = NULL;
        int fd = inherited(open(path, O_WRONLY | O_CREAT, 0600));
        Target target;

        name = g_strdup_printf("/dev/fd/%d", fd);
        target = open_target(name);
        g_assert_cmpint(target.kind, ==, TARGET_FOREIGN_FILE);
        put(&target, "one ", 4);
        g_assert_cmpint(write(fd, "two ", 4), ==, 4);
        put(&target, "three ", 6);
        g_assert_cmpint(truncate(path, 0), ==, 0);
        put(&target, "four ", 5);
        g_assert_cmpint(write(fd, "five", 4), ==, 4);
        text = fixture_read(folder, "log");
        g_assert_cmpstr(text, ==, "four five");
        target_close(&target);
        close(fd);
        fixture_folder_free(folder);
}

/* A path of our own must not lead into what the daemon has open for itself. */
static void test_descriptors_of_our_own(void)
{
        int ends[2];
        g_autofree char *name = NULL;
        Target target = { -1 };

        g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
        name = g_strdup_printf("/proc/self/fd/%d", ends[0]);
        g_assert_cmpint(target_open(name, 0, &target), ==, -ENXIO);
        g_assert_cmpint(target.fd, ==, -1);
        close(ends[0]);
        close(ends[1]);
}

/* Which cannot be opened at all. */
static void test_inherited_socket(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *link = g_build_filename(folder, "link", NULL);
        g_autofree char *second = g_build_filename(folder, "second", NULL);
        g_autofree char *name = NULL;
        g_autofree char *block = g_malloc0(1 << 20);
        int ends[2], fd;
        Target target;

        g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
        fd = inherited(ends[0]);
        name = g_strdup_printf("/proc/%ld/fd/%d", (long)getpid(), fd);
        g_assert_cmpint(symlink(name, link), ==, 0);
        g_assert_cmpint(symlink("link", second), ==, 0);
        target = open_target(second);
        g_assert_cmpint(target.kind, ==, TARGET_SOCKET);
        g_assert_cmpuint(put(&target, block, 1 << 20), <, 1 << 20);
        g_assert_cmpuint(put(&target, block, 1), ==, 0);
        g_assert_false(is_nonblocking(fd));
        target_close(&target);
        close(fd);
        close(ends[1]);
        fixture_folder_free(folder);
}

static void read_away(int fd, size_t size)
{
        g_autofree char *data = g_malloc(size);

        for (size_t done = 0; done < size;) {
                ssize_t n = read(fd, data + done, size - done);

                g_assert_cmpint(n, >, 0);
                done += n;
        }
}

/* Fills it to the brim without blocking, and goes on where there is room again. */
static void check_full(const Target *target, int reader)
{
        g_autofree char *block = g_malloc0(1 << 20);
        size_t taken = put(target, block, 1 << 20);

        g_assert_cmpuint(taken, >, 0);
        g_assert_cmpuint(taken, <, 1 << 20);
        g_assert_cmpuint(put(target, block, 1), ==, 0);
        read_away(reader, taken);
        g_assert_cmpuint(put(target, "xyz", 3), ==, 3);
        read_away(reader, 3);
}

static void test_inherited_pipe(void)
{
        g_autofree char *name = NULL;
        int ends[2], fd;
        Target target;

        g_assert_cmpint(pipe2(ends, O_CLOEXEC), ==, 0);
        fd = inherited(ends[1]);
        name = g_strdup_printf("/proc/self/fd/%d", fd);
        target = open_target(name);
        g_assert_cmpint(target.kind, ==, TARGET_STREAM);
        check_full(&target, ends[0]);
        g_assert_false(is_nonblocking(fd));
        target_close(&target);
        close(fd);
        close(ends[0]);
}

/* As where it may not be opened again. */
static void test_shared_pipe(void)
{
        int ends[2];
        Target target;
        size_t written;

        signal(SIGPIPE, SIG_IGN);
        g_assert_cmpint(pipe2(ends, O_CLOEXEC), ==, 0);
        target = target_of_descriptor(ends[1]);
        g_assert_cmpint(target.kind, ==, TARGET_SHARED_PIPE);
        check_full(&target, ends[0]);
        g_assert_false(is_nonblocking(ends[1]));
        close(ends[0]);
        g_assert_cmpint(target_write(&target, "x", 1, &written), ==, -EPIPE);
        g_assert_cmpuint(written, ==, 0);
        close(ends[1]);
}

static void test_shared_terminal(void)
{
        int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        g_autofree char *block = NULL;
        Target target;
        size_t written;
        int slave;

        if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0) {
                g_test_skip("no terminals here");
                return;
        }
        slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
        g_assert_cmpint(slave, >=, 0);
        target = target_of_descriptor(slave);
        g_assert_cmpint(target.kind, ==, TARGET_SHARED_DEVICE);
        g_assert_cmpuint(put(&target, "line", 4), ==, 4);
        read_away(master, 4);
        /* Nobody reads: it has to end. */
        block = g_malloc0(1 << 20);
        g_assert_cmpuint(put(&target, block, 1 << 20), <, 1 << 20);
        close(master);
        g_assert_cmpint(target_write(&target, "x", 1, &written), <, 0);
        close(slave);
}

static void test_null_device(void)
{
        g_autofree char *block = g_malloc0(1 << 20);
        Target target = open_target("/dev/null");

        g_assert_cmpint(target.kind, ==, TARGET_STREAM);
        g_assert_cmpuint(put(&target, block, 1 << 20), ==, 1 << 20);
        /* As a descriptor that was there before us it needs no asking before each byte either. */
        g_assert_cmpint(target_of_descriptor(target.fd).kind, ==, TARGET_STREAM);
        target_close(&target);
}

static void check_text(const char *folder, const char *wanted)
{
        g_autofree char *text = fixture_read(folder, "log");

        g_assert_cmpstr(text, ==, wanted);
}

static void test_clear_path(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        g_autofree char *link = g_build_filename(folder, "link", NULL);
        g_autofree char *pipe = g_build_filename(folder, "pipe", NULL);
        int fd;

        g_assert_cmpint(target_clear_path(NULL), ==, 0);
        g_assert_cmpint(target_clear_path(path), ==, 0);
        g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
        g_assert_true(g_file_set_contents(path, "text", -1, NULL));
        g_assert_cmpint(mkfifo(pipe, 0600), ==, 0);
        g_assert_cmpint(target_clear_path(pipe), ==, 0);
        /* What leads to a file of somebody else's by way of a descriptor is no log of ours. */
        fd = open(path, O_RDWR | O_CLOEXEC);
        {
                g_autofree char *target = g_strdup_printf("/proc/self/fd/%d", fd);

                g_assert_cmpint(symlink(target, link), ==, 0);
        }
        g_assert_cmpint(target_clear_path(link), ==, 0);
        check_text(folder, "text");
        g_assert_cmpint(target_clear_path(path), ==, 0);
        check_text(folder, "");
        close(fd);
        fixture_folder_free(folder);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/target/file", test_file);
        g_test_add_func("/target/inherited-file", test_inherited_file);
        g_test_add_func("/target/descriptors-of-our-own", test_descriptors_of_our_own);
        g_test_add_func("/target/inherited-socket", test_inherited_socket);
        g_test_add_func("/target/inherited-pipe", test_inherited_pipe);
        g_test_add_func("/target/shared-pipe", test_shared_pipe);
        g_test_add_func("/target/shared-terminal", test_shared_terminal);
        g_test_add_func("/target/null-device", test_null_device);
        g_test_add_func("/target/clear-path", test_clear_path);
        return g_test_run();
}
