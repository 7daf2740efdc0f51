/* Writing for the stdin of a program: at once, later, not at all. */

#include "daemon/process/stdin-queue.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define PIPE_BYTES 4096

typedef struct Case {
        sd_event *event;
        int reader, writer;
        StdinQueue *queue;
} Case;

static void set_up(Case *test, gconstpointer data)
{
        int ends[2];

        signal(SIGPIPE, SIG_IGN);
        g_assert_cmpint(sd_event_new(&test->event), >=, 0);
        g_assert_cmpint(pipe2(ends, O_CLOEXEC | O_NONBLOCK), ==, 0);
        g_assert_cmpint(fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES), ==, PIPE_BYTES);
        test->reader = ends[0];
        test->writer = ends[1];
        test->queue = stdin_queue_new(test->event, test->writer, "p");
}

static void tear_down(Case *test, gconstpointer data)
{
        stdin_queue_free(test->queue);
        if (test->reader >= 0)
                close(test->reader);
        close(test->writer);
        sd_event_unref(test->event);
}

/* Reads until nothing comes any more, while the loop runs; the text. */
static char *read_all(const Case *test)
{
        GString *text = g_string_new(NULL);
        char buffer[PIPE_BYTES];
        ssize_t n;

        do {
                n = read(test->reader, buffer, sizeof buffer);
                if (n > 0)
                        g_string_append_len(text, buffer, n);
        } while (sd_event_run(test->event, 0) > 0 || n > 0);
        return g_string_free(text, false);
}

static char *pattern(size_t size)
{
        char *text = g_malloc(size + 1);

        for (size_t i = 0; i < size; i++)
                text[i] = 'a' + i % 23;
        text[size] = '\0';
        return text;
}

static void test_small(Case *test, gconstpointer data)
{
        g_autofree char *got = NULL;

        g_assert_cmpint(stdin_queue_write(test->queue, "a", 1), ==, 0);
        g_assert_cmpint(stdin_queue_write(test->queue, "", 0), ==, 0);
        g_assert_cmpint(stdin_queue_write(test->queue, "bc", 2), ==, 0);
        g_assert_cmpuint(stdin_queue_size(test->queue), ==, 0);
        got = read_all(test);
        g_assert_cmpstr(got, ==, "abc");
}

/* What an empty pipe and the queue hold is taken, and comes out in order; a byte more is not. */
static void test_bound(Case *test, gconstpointer data)
{
        const size_t most = STDIN_QUEUE_MAX + PIPE_BYTES;
        g_autofree char *text = pattern(most + 1);
        g_autofree char *got = NULL;

        g_assert_cmpint(stdin_queue_write(test->queue, text, most + 1), ==, -ENOBUFS);
        g_assert_cmpuint(stdin_queue_size(test->queue), ==, 0);
        g_assert_cmpint(stdin_queue_write(test->queue, text, most), ==, 0);
        g_assert_cmpuint(stdin_queue_size(test->queue), ==, STDIN_QUEUE_MAX);
        g_assert_cmpint(stdin_queue_write(test->queue, "x", 1), ==, -ENOBUFS);
        text[most] = '\0';
        got = read_all(test);
        g_assert_cmpstr(got, ==, text);
        g_assert_cmpint(stdin_queue_write(test->queue, "x", 1), ==, 0);
}

/* A pipe that is not empty counts as full. */
static void test_rest_in_pipe(Case *test, gconstpointer data)
{
        g_autofree char *text = pattern(STDIN_QUEUE_MAX + 1);
        g_autofree char *got = NULL;

        g_assert_cmpint(stdin_queue_write(test->queue, "x", 1), ==, 0);
        g_assert_cmpint(stdin_queue_write(test->queue, text, STDIN_QUEUE_MAX + 1), ==, -ENOBUFS);
        g_assert_cmpint(stdin_queue_write(test->queue, text, STDIN_QUEUE_MAX), ==, 0);
        g_assert_cmpint(stdin_queue_write(test->queue, text, STDIN_QUEUE_MAX), ==, -ENOBUFS);
        got = read_all(test);
        g_assert_cmpint(got[0], ==, 'x');
        g_assert_cmpint(strncmp(got + 1, text, STDIN_QUEUE_MAX), ==, 0);
        g_assert_cmpuint(strlen(got), ==, STDIN_QUEUE_MAX + 1);
}

static void test_closed(Case *test, gconstpointer data)
{
        g_autofree char *text = pattern(2 * PIPE_BYTES);

        g_assert_cmpint(stdin_queue_write(test->queue, text, 2 * PIPE_BYTES), ==, 0);
        g_assert_cmpuint(stdin_queue_size(test->queue), >, 0);
        close(test->reader);
        test->reader = -1;
        g_assert_cmpint(sd_event_run(test->event, 30000000), >, 0);
        g_assert_cmpuint(stdin_queue_size(test->queue), ==, 0);
        g_assert_cmpint(sd_event_run(test->event, 0), ==, 0);
        g_assert_cmpint(stdin_queue_write(test->queue, "x", 1), ==, -EPIPE);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add("/stdin-queue/small", Case, NULL, set_up, test_small, tear_down);
        g_test_add("/stdin-queue/bound", Case, NULL, set_up, test_bound, tear_down);
        g_test_add("/stdin-queue/rest-in-pipe", Case, NULL, set_up, test_rest_in_pipe, tear_down);
        g_test_add("/stdin-queue/closed", Case, NULL, set_up, test_closed, tear_down);
        return g_test_run();
}
