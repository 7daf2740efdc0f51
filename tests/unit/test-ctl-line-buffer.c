/* Lines out of a pipe. */

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "tools/ctl/line-buffer.h"

static void assert_takes(LineBuffer *buffer, const char *expected)
{
        GString *line = line_buffer_take(buffer);

        g_assert_cmpstr(line ? line->str : NULL, ==, expected);
        if (line)
                g_string_free(line, true);
}

static void put(int fd, const char *text)
{
        g_assert_cmpint(write(fd, text, strlen(text)), ==, strlen(text));
}

static void test_lines(void)
{
        int ends[2];
        g_autoptr(LineBuffer) buffer = NULL;

        g_assert_cmpint(pipe2(ends, O_CLOEXEC), ==, 0);
        buffer = line_buffer_new(ends[0]);
        assert_takes(buffer, NULL);
        put(ends[1], "one\n\ntw");
        g_assert_cmpint(line_buffer_fill(buffer), ==, 0);
        assert_takes(buffer, "one");
        assert_takes(buffer, "");
        assert_takes(buffer, NULL);
        put(ends[1], "o\nrest");
        g_assert_cmpint(line_buffer_fill(buffer), ==, 0);
        assert_takes(buffer, "two");
        assert_takes(buffer, NULL);
        close(ends[1]);
        g_assert_false(line_buffer_is_at_end(buffer));
        g_assert_cmpint(line_buffer_fill(buffer), ==, 0);
        g_assert_true(line_buffer_is_at_end(buffer));
        assert_takes(buffer, "rest");
        assert_takes(buffer, NULL);
        line_buffer_resume(buffer); /* not on a pipe */
        g_assert_true(line_buffer_is_at_end(buffer));
        close(ends[0]);
}

static void test_unusable(void)
{
        g_autoptr(LineBuffer) buffer = line_buffer_new(-1);

        g_assert_cmpint(line_buffer_fill(buffer), ==, -EBADF);
        g_assert_true(line_buffer_is_at_end(buffer));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/ctl/line-buffer/lines", test_lines);
        g_test_add_func("/ctl/line-buffer/unusable", test_unusable);
        return g_test_run();
}
