/* Lines go into a FIFO, whose reader, the test itself, may take its time. */

#include "listener-host/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "bus/cleanup.h"

typedef struct Fixture {
        char *folder, *path;
        int reader;
        sd_event *loop;
        Relay *relay;
        GString *done; /* a letter for each answer: upper case when it failed */
} Fixture;

static void set_up(Fixture *fixture, gconstpointer unused)
{
        signal(SIGPIPE, SIG_IGN);
        fixture->folder = g_dir_make_tmp("busvisor-test-XXXXXX", NULL);
        fixture->path = g_build_filename(fixture->folder, "fifo", NULL);
        g_assert_cmpint(mkfifo(fixture->path, 0600), ==, 0);
        fixture->reader = open(fixture->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        g_assert_cmpint(sd_event_new(&fixture->loop), >=, 0);
        fixture->relay = relay_new(fixture->loop, fixture->path);
        fixture->done = g_string_new(NULL);
}

static void tear_down(Fixture *fixture, gconstpointer unused)
{
        relay_free(fixture->relay);
        sd_event_unref(fixture->loop);
        fd_close(fixture->reader);
        g_assert_cmpint(g_unlink(fixture->path), ==, 0);
        g_assert_cmpint(g_rmdir(fixture->folder), ==, 0);
        g_free(fixture->path);
        g_free(fixture->folder);
        g_string_free(fixture->done, true);
}

/* One answer, with what to append where when it is done. */
typedef struct Answer {
        Fixture *fixture;
        char letter;
} Answer;

static void on_done(int r, void *userdata)
{
        const Answer *answer = userdata;

        g_string_append_c(answer->fixture->done,
                        r < 0 ? g_ascii_toupper(answer->letter) : answer->letter);
}

/* n_lines lines of 100 bytes, the newline included. */
static LabelledLines *make_lines(char letter, size_t n_lines)
{
        g_autoptr(GString) result = g_string_new("processname:p channel:c\n");
        g_autofree char *line = g_strnfill(100 - strlen("p c | \n"), letter);
        g_autoptr(GBytes) bytes = NULL;
        const char *why;

        for (size_t i = 0; i < n_lines; i++)
                g_string_append_printf(result, "%s%s", i > 0 ? "\n" : "", line);
        bytes = g_bytes_new(result->str, result->len);
        return labelled_lines_new(bytes, &why);
}

static int push(Answer *answer, size_t n_lines)
{
        return relay_push(answer->fixture->relay, make_lines(answer->letter, n_lines), on_done,
                        answer);
}

/* All that is there now, or comes while it is read; the letters of the lines, one each. */
static char *read_all(Fixture *fixture)
{
        g_autoptr(GString) text = g_string_new(NULL);
        GString *letters = g_string_new(NULL);
        char data[65536];
        ssize_t n;

        do {
                n = read(fixture->reader, data, sizeof data);
                if (n > 0)
                        g_string_append_len(text, data, n);
        } while (sd_event_run(fixture->loop, 0) > 0 || n > 0);
        g_assert_cmpuint(text->len % 100, ==, 0);
        for (size_t at = 0; at < text->len; at += 100) {
                g_assert_cmpint(memcmp(text->str + at, "p c | ", 6), ==, 0);
                g_assert_cmpint(text->str[at + 99], ==, '\n');
                g_string_append_c(letters, text->str[at + 50]);
        }
        return g_string_free(letters, false);
}

static void assert_lines(Fixture *fixture, size_t a, size_t b, size_t c)
{
        g_autofree char *got = read_all(fixture);

        g_assert_cmpuint(strspn(got, "a"), ==, a);
        g_assert_cmpuint(strspn(got + a, "b"), ==, b);
        g_assert_cmpuint(strspn(got + a + b, "c"), ==, c);
        g_assert_cmpuint(strlen(got), ==, a + b + c);
}

static void test_at_once(Fixture *fixture, gconstpointer unused)
{
        Answer a = { fixture, 'a' }, b = { fixture, 'b' };

        g_assert_cmpint(push(&a, 1), ==, 1);
        g_assert_cmpint(push(&b, 100), ==, 1);
        assert_lines(fixture, 1, 100, 0);
        g_assert_cmpstr(fixture->done->str, ==, "");
}

/* More than a pipe holds. */
static void test_waits(Fixture *fixture, gconstpointer unused)
{
        Answer a = { fixture, 'a' }, b = { fixture, 'b' }, c = { fixture, 'c' };

        g_assert_cmpint(push(&a, 20000), ==, 0);
        g_assert_cmpint(push(&b, 3), ==, 0);
        g_assert_cmpint(push(&c, 20000), ==, 0);
        g_assert_cmpint(sd_event_run(fixture->loop, 0), ==, 0);
        g_assert_cmpstr(fixture->done->str, ==, "");
        assert_lines(fixture, 20000, 3, 20000);
        g_assert_cmpstr(fixture->done->str, ==, "abc");
        g_assert_cmpint(sd_event_run(fixture->loop, 0), ==, 0);
        g_assert_cmpint(push(&c, 1), ==, 1);
        assert_lines(fixture, 0, 0, 1);
}

static void test_cancel(Fixture *fixture, gconstpointer unused)
{
        Answer a = { fixture, 'a' }, b = { fixture, 'b' }, c = { fixture, 'c' };

        g_assert_true(relay_cancel(fixture->relay, &a));
        g_assert_cmpint(push(&a, 2000), ==, 0);
        g_assert_cmpint(push(&b, 3), ==, 0);
        g_assert_cmpint(push(&c, 5), ==, 0);
        g_assert_true(relay_cancel(fixture->relay, &b));
        g_assert_false(relay_cancel(fixture->relay, &a));
        assert_lines(fixture, 2000, 0, 5);
        g_assert_cmpstr(fixture->done->str, ==, "c");
}

/* The pipe is full already when the first is pushed, so nothing of it is written. */
static void test_cancel_first(Fixture *fixture, gconstpointer unused)
{
        Answer a = { fixture, 'a' }, b = { fixture, 'b' };
        autofd writer = open(fixture->path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
        char data[65536] = {};

        while (write(writer, data, sizeof data) > 0)
                ;
        g_assert_cmpint(push(&a, 10), ==, 0);
        g_assert_cmpint(push(&b, 10), ==, 0);
        g_assert_true(relay_cancel(fixture->relay, &a));
        while (read(fixture->reader, data, sizeof data) > 0)
                ;
        assert_lines(fixture, 0, 10, 0);
        g_assert_cmpstr(fixture->done->str, ==, "b");
}

static void test_fails(Fixture *fixture, gconstpointer unused)
{
        Answer a = { fixture, 'a' }, b = { fixture, 'b' };

        g_assert_cmpint(push(&a, 20000), ==, 0);
        g_assert_cmpint(push(&b, 1), ==, 0);
        fixture->reader = fd_close(fixture->reader);
        while (sd_event_run(fixture->loop, 0) > 0)
                ;
        g_assert_cmpstr(fixture->done->str, ==, "AB");
        g_assert_cmpint(push(&a, 1), ==, -EPIPE);
        g_assert_cmpstr(fixture->done->str, ==, "AB");
        fixture->reader = open(fixture->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        g_free(read_all(fixture));
        g_assert_cmpint(push(&b, 1), ==, 1);
        assert_lines(fixture, 0, 1, 0);
}

static void test_no_place(Fixture *fixture, gconstpointer unused)
{
        g_autofree char *path = g_build_filename(fixture->folder, "no", "such", NULL);
        g_autoptr(Relay) relay = relay_new(fixture->loop, path);

        g_assert_cmpint(relay_push(relay, make_lines('a', 1), on_done, NULL), ==, -ENOENT);
}

/* What is pushed from the callback comes last, and is not forgotten. */
static void push_another(int r, void *userdata)
{
        Answer *answer = userdata;

        on_done(r, userdata);
        if (answer->letter != 'a')
                return;
        answer->letter = 'c';
        relay_push(answer->fixture->relay, make_lines('c', 7), push_another, answer);
}

static void test_push_when_done(Fixture *fixture, gconstpointer unused)
{
        Answer a = { fixture, 'a' }, b = { fixture, 'b' };

        g_assert_cmpint(relay_push(fixture->relay, make_lines('a', 2000), push_another, &a), ==, 0);
        g_assert_cmpint(push(&b, 3), ==, 0);
        assert_lines(fixture, 2000, 3, 7);
        g_assert_cmpstr(fixture->done->str, ==, "abc");
}

#define ADD(path, function) g_test_add("/relay/" path, Fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("at-once", test_at_once);
        ADD("waits", test_waits);
        ADD("cancel", test_cancel);
        ADD("cancel-first", test_cancel_first);
        ADD("fails", test_fails);
        ADD("no-place", test_no_place);
        ADD("push-when-done", test_push_when_done);
        return g_test_run();
}
