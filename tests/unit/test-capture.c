/* Capturing: from a pipe into a channel, what happens when its outlet cannot take it, and what a
 * program leaves when it ends. */

#include "daemon/output/capture.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/output/survivors.h"
#include "tests/unit/output-fixture.h"

typedef struct Pipe {
        int read_end, write_end;
} Pipe;

static Pipe pipe_new(void)
{
        int ends[2];

        g_assert_cmpint(pipe2(ends, O_CLOEXEC | O_NONBLOCK), ==, 0);
        return (Pipe){ ends[0], ends[1] };
}

static Capture *capture_into(OutputFixture *fixture, int fd, const char *logfile)
{
        Channel *channel = output_fixture_channel(fixture, logfile);
        Capture *capture = NULL;

        g_assert_cmpint(capture_new(fixture->event, fd, channel, &capture), ==, 0);
        return capture;
}

static int unread(int fd)
{
        int size = 0;

        g_assert_cmpint(ioctl(fd, FIONREAD, &size), ==, 0);
        return size;
}

static void run_until_empty(OutputFixture *fixture, int fd)
{
        while (unread(fd) > 0)
                g_assert_cmpint(sd_event_run(fixture->event, 30000000), >=, 0);
}

static void test_into_file(void)
{
        OutputFixture *fixture = output_fixture_new();
        Pipe pipe = pipe_new();
        Capture *capture = capture_into(fixture, pipe.read_end, "log");
        g_autofree char *text = NULL;

        g_assert_cmpint(write(pipe.write_end, "hello\0world", 11), ==, 11);
        output_fixture_run(fixture);
        g_assert_cmpint(write(pipe.write_end, "!", 1), ==, 1);
        close(pipe.write_end);
        g_assert_false(capture_is_over(capture));
        output_fixture_run(fixture);
        g_assert_true(capture_is_over(capture));
        capture_free(capture);
        text = fixture_read(fixture->folder, "log");
        g_assert_cmpint(memcmp(text, "hello\0world!", 12), ==, 0);
        output_fixture_free(fixture);
}

/* What is in the pipe when the child has ended, without the loop; and what was held back. */
static void test_last_words(void)
{
        OutputFixture *fixture = output_fixture_new();
        Pipe pipe = pipe_new();
        g_autofree char *text = NULL;
        Capture *capture;

        fixture->config->output.capture_maxbytes = 100;
        capture = capture_into(fixture, pipe.read_end, "log");
        g_assert_cmpint(write(pipe.write_end, "last words <!--", 15), ==, 15);
        capture_free(capture);
        text = fixture_read(fixture->folder, "log");
        g_assert_cmpstr(text, ==, "last words <!--");
        close(pipe.write_end);
        output_fixture_free(fixture);
}

static void test_without_log(void)
{
        OutputFixture *fixture = output_fixture_new();
        Pipe pipe = pipe_new();
        Capture *capture = capture_into(fixture, pipe.read_end, NULL);

        /* More than the pipe holds goes through, so it is being read. */
        for (int i = 0; i < 200; i++) {
                char block[1024] = { 'x' };

                g_assert_cmpint(write(pipe.write_end, block, sizeof block), ==, sizeof block);
                run_until_empty(fixture, pipe.write_end);
        }
        capture_free(capture);
        close(pipe.write_end);
        output_fixture_free(fixture);
}

/* Small pieces that come close together are left to gather, for a while; and no longer when it is
 * all over. How close they come here is the machine's business: so it is tried until they do. */
static void test_small_pieces(void)
{
        OutputFixture *fixture = output_fixture_new();
        Pipe pipe = pipe_new();
        Capture *capture = capture_into(fixture, pipe.read_end, "log");
        g_autoptr(GString) sent = g_string_new(NULL);
        g_autofree char *text = NULL;

        do {
                g_string_append_c(sent, 'a' + sent->len % 26);
                g_assert_cmpint(write(pipe.write_end, sent->str + sent->len - 1, 1), ==, 1);
                output_fixture_run(fixture);
        } while (unread(pipe.write_end) == 0);
        run_until_empty(fixture, pipe.write_end);
        do {
                g_string_append_c(sent, 'A' + sent->len % 26);
                g_assert_cmpint(write(pipe.write_end, sent->str + sent->len - 1, 1), ==, 1);
                output_fixture_run(fixture);
        } while (unread(pipe.write_end) == 0);
        close(pipe.write_end);
        capture_free(capture);
        text = fixture_read(fixture->folder, "log");
        g_assert_cmpstr(text, ==, sent->str);
        output_fixture_free(fixture);
}

/* The same where the program keeps its writes apart: once that is noticed, nothing is left to
 * gather, and each write is an event of its own. */
static void test_kept_apart(void)
{
        OutputFixture *fixture = output_fixture_new();
        Pipe pipe = pipe_new();
        Capture *capture;
        unsigned n = 0;

        g_assert_cmpint(fcntl(pipe.write_end, F_SETFL, O_DIRECT | O_NONBLOCK), ==, 0);
        fixture->config->output.events_enabled = true;
        capture = capture_into(fixture, pipe.read_end, NULL);
        do {
                g_assert_cmpint(write(pipe.write_end, "x", 1), ==, 1);
                output_fixture_run(fixture);
                n++;
        } while (unread(pipe.write_end) == 0);
        g_assert_cmpint(write(pipe.write_end, "y", 1), ==, 1);
        run_until_empty(fixture, pipe.write_end);
        g_assert_cmpuint(fixture->events->len, ==, n + 1);
        for (int i = 0; i < 100; i++) {
                g_assert_cmpint(write(pipe.write_end, "z", 1), ==, 1);
                g_assert_cmpint(write(pipe.write_end, "z", 1), ==, 1);
                output_fixture_run(fixture);
                g_assert_cmpint(unread(pipe.write_end), ==, 0);
        }
        g_assert_cmpuint(fixture->events->len, ==, n + 201);
        capture_free(capture);
        close(pipe.write_end);
        output_fixture_free(fixture);
}

/* Fills a pipe; how many bytes went in. */
static size_t fill(int fd)
{
        char block[1024];
        size_t total = 0;
        ssize_t n;

        memset(block, 'a', sizeof block);
        while ((n = write(fd, block, sizeof block)) > 0)
                total += n;
        return total;
}

static size_t read_away(int fd)
{
        char block[4096];
        size_t total = 0;
        ssize_t n;

        while ((n = read(fd, block, sizeof block)) > 0)
                total += n;
        return total;
}

static int make_fifo(const OutputFixture *fixture)
{
        g_autofree char *path = g_build_filename(fixture->folder, "fifo", NULL);

        g_assert_cmpint(mkfifo(path, 0600), ==, 0);
        return open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

/* A log that blocks makes its writer wait, and no byte is lost. */
static void test_blocked_log(void)
{
        OutputFixture *fixture = output_fixture_new();
        Pipe pipe = pipe_new();
        size_t sent = 0, got = 0;
        int reader = make_fifo(fixture);
        Capture *capture = capture_into(fixture, pipe.read_end, "fifo");

        for (int i = 0; i < 5; i++) {
                sent += fill(pipe.write_end);
                output_fixture_run(fixture);
        }
        /* Both pipes and one read's worth in between are full; nothing was read in the last
         * rounds. */
        g_assert_cmpuint(fill(pipe.write_end), ==, 0);
        for (int i = 0; i < 10; i++) {
                got += read_away(reader);
                output_fixture_run(fixture);
        }
        g_assert_cmpuint(got, ==, sent);
        close(reader);
        close(pipe.write_end);
        capture_free(capture);
        output_fixture_free(fixture);
}

/* While one program waits for a log that blocks, the others go on. */
static void test_others_go_on(void)
{
        OutputFixture *fixture = output_fixture_new();
        Pipe blocked = pipe_new(), other = pipe_new();
        int reader = make_fifo(fixture);
        Capture *waiting = capture_into(fixture, blocked.read_end, "fifo");
        Capture *going = capture_into(fixture, other.read_end, "log");
        g_autofree char *text = NULL;

        for (int i = 0; i < 5; i++) {
                fill(blocked.write_end);
                output_fixture_run(fixture);
        }
        g_assert_cmpint(write(other.write_end, "free", 4), ==, 4);
        output_fixture_run(fixture);
        text = fixture_read(fixture->folder, "log");
        g_assert_cmpstr(text, ==, "free");
        close(reader);
        close(blocked.write_end);
        close(other.write_end);
        capture_free(waiting);
        capture_free(going);
        output_fixture_free(fixture);
}

/* A full disk costs the bytes, nothing else. */
static void test_full_disk(void)
{
        OutputFixture *fixture = output_fixture_new();
        Pipe pipe = pipe_new();
        Capture *capture = capture_into(fixture, pipe.read_end, "/dev/full");

        for (int i = 0; i < 3; i++) {
                g_assert_cmpint(write(pipe.write_end, "x", 1), ==, 1);
                output_fixture_run(fixture);
        }
        g_assert_cmpuint(fixture->loss->bytes, ==, 3);
        capture_free(capture);
        close(pipe.write_end);
        output_fixture_free(fixture);
}

/* The program has ended while its log took nothing: all of it comes when there is room. */
static void test_slow_log_at_the_end(void)
{
        OutputFixture *fixture = output_fixture_new();
        Survivors *survivors = survivors_new();
        Pipe pipe = pipe_new();
        size_t sent = 0, got = 0;
        int reader = make_fifo(fixture);
        Capture *capture = capture_into(fixture, pipe.read_end, "fifo");

        for (int i = 0; i < 5; i++) {
                sent += fill(pipe.write_end);
                output_fixture_run(fixture);
        }
        close(pipe.write_end);
        survivors_take(survivors, capture);
        g_assert_cmpuint(survivors_count(survivors), ==, 1);
        for (int i = 0; i < 10; i++) {
                got += read_away(reader);
                output_fixture_run(fixture);
        }
        g_assert_cmpuint(got, ==, sent);
        g_assert_cmpuint(survivors_count(survivors), ==, 0);
        survivors_free(survivors);
        close(reader);
        output_fixture_free(fixture);
}

/* What the program has started writes on. */
static void test_grandchildren(void)
{
        OutputFixture *fixture = output_fixture_new();
        Survivors *survivors = survivors_new();
        Pipe pipe = pipe_new();
        g_autofree char *text = NULL;

        survivors_take(survivors, capture_into(fixture, pipe.read_end, "log"));
        g_assert_cmpint(write(pipe.write_end, "still here", 10), ==, 10);
        output_fixture_run(fixture);
        text = fixture_read(fixture->folder, "log");
        g_assert_cmpstr(text, ==, "still here");
        g_assert_cmpuint(survivors_count(survivors), ==, 1);
        close(pipe.write_end);
        output_fixture_run(fixture);
        g_assert_cmpuint(survivors_count(survivors), ==, 0);
        survivors_free(survivors);
        output_fixture_free(fixture);
}

/* What it has started writes without a pause; living programs have their turn all the same. */
static void test_loud_grandchildren(void)
{
        OutputFixture *fixture = output_fixture_new();
        Survivors *survivors = survivors_new();
        Pipe loud = pipe_new(), living = pipe_new();
        Capture *capture = capture_into(fixture, living.read_end, "living");
        g_autofree char *text = NULL;

        survivors_take(survivors, capture_into(fixture, loud.read_end, "loud"));
        g_assert_cmpint(write(living.write_end, "I live", 6), ==, 6);
        for (int i = 0; i < 200; i++) {
                (void)fill(loud.write_end);
                g_assert_cmpint(sd_event_run(fixture->event, 0), >, 0);
        }
        text = fixture_read(fixture->folder, "living");
        g_assert_cmpstr(text, ==, "I live");
        survivors_free(survivors);
        capture_free(capture);
        close(loud.write_end);
        close(living.write_end);
        output_fixture_free(fixture);
}

/* A program that leaves one behind at each of its restarts must not eat up the descriptors. */
static void test_bounded_survivors(void)
{
        OutputFixture *fixture = output_fixture_new();
        Survivors *survivors = survivors_new();
        Pipe first = pipe_new();
        Pipe pipes[20];

        survivors_take(survivors, capture_into(fixture, first.read_end, "log"));
        for (size_t i = 0; i < G_N_ELEMENTS(pipes); i++) {
                pipes[i] = pipe_new();
                survivors_take(survivors, capture_into(fixture, pipes[i].read_end, "log"));
        }
        g_assert_cmpuint(survivors_count(survivors), <, G_N_ELEMENTS(pipes));
        g_assert_cmpint(write(first.write_end, "x", 1), ==, -1);
        g_assert_cmpint(write(pipes[G_N_ELEMENTS(pipes) - 1].write_end, "x", 1), ==, 1);
        survivors_free(survivors);
        close(first.write_end);
        for (size_t i = 0; i < G_N_ELEMENTS(pipes); i++)
                close(pipes[i].write_end);
        output_fixture_free(fixture);
}

int main(int argc, char **argv)
{
        signal(SIGPIPE, SIG_IGN);
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/capture/into-file", test_into_file);
        g_test_add_func("/capture/last-words", test_last_words);
        g_test_add_func("/capture/without-log", test_without_log);
        g_test_add_func("/capture/small-pieces", test_small_pieces);
        g_test_add_func("/capture/kept-apart", test_kept_apart);
        g_test_add_func("/capture/blocked-log", test_blocked_log);
        g_test_add_func("/capture/others-go-on", test_others_go_on);
        g_test_add_func("/capture/full-disk", test_full_disk);
        g_test_add_func("/capture/slow-log-at-the-end", test_slow_log_at_the_end);
        g_test_add_func("/capture/grandchildren", test_grandchildren);
        g_test_add_func("/capture/loud-grandchildren", test_loud_grandchildren);
        g_test_add_func("/capture/bounded-survivors", test_bounded_survivors);
        return g_test_run();
}
