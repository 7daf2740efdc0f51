/* Capturing: from a pipe into a log, and what happens when the log cannot take it. */

#include "daemon/output/capture.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/fixture.h"

typedef struct Pipe {
        int read_end, write_end;
} Pipe;

static Pipe pipe_new(void)
{
        int ends[2];

        g_assert_cmpint(pipe2(ends, O_CLOEXEC | O_NONBLOCK), ==, 0);
        return (Pipe){ends[0], ends[1]};
}

static sd_event *loop_new(void)
{
        sd_event *event = NULL;

        g_assert_cmpint(sd_event_new(&event), >=, 0);
        return event;
}

/* Until nothing happens any more. */
static void run_idle(sd_event *event)
{
        while (sd_event_run(event, 0) > 0)
                continue;
}

static Capture *capture_into(sd_event *event, int fd, const char *path)
{
        Capture *capture = NULL;
        LogFile *log = NULL;

        if (path)
                g_assert_cmpint(log_file_open(&(LogFilePlan){.path = path}, &log), ==, 0);
        g_assert_cmpint(capture_new(event, fd, log, "p", "stdout", &capture), ==, 0);
        return capture;
}

static void test_into_file(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        sd_event *event = loop_new();
        Pipe pipe = pipe_new();
        Capture *capture = capture_into(event, pipe.read_end, path);
        g_autofree char *text = NULL;

        g_assert_cmpint(write(pipe.write_end, "hello\0world", 11), ==, 11);
        run_idle(event);
        g_assert_cmpint(write(pipe.write_end, "!", 1), ==, 1);
        close(pipe.write_end);
        run_idle(event);
        capture_free(capture);
        text = fixture_read(folder, "log");
        g_assert_cmpint(memcmp(text, "hello\0world!", 12), ==, 0);
        sd_event_unref(event);
        fixture_folder_free(folder);
}

/* What is in the pipe when the child has ended, without the loop. */
static void test_drain(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        sd_event *event = loop_new();
        Pipe pipe = pipe_new();
        Capture *capture = capture_into(event, pipe.read_end, path);
        g_autofree char *text = NULL;

        g_assert_cmpint(write(pipe.write_end, "last words", 10), ==, 10);
        capture_drain(capture);
        capture_free(capture);
        text = fixture_read(folder, "log");
        g_assert_cmpstr(text, ==, "last words");
        close(pipe.write_end);
        sd_event_unref(event);
        fixture_folder_free(folder);
}

static void test_without_log(void)
{
        sd_event *event = loop_new();
        Pipe pipe = pipe_new();
        Capture *capture = capture_into(event, pipe.read_end, NULL);
        char byte = 'x';

        /* More than the pipe holds goes through, so it is being read. */
        for (int i = 0; i < 200; i++) {
                char block[1024] = {byte};

                g_assert_cmpint(write(pipe.write_end, block, sizeof block), ==, sizeof block);
                run_idle(event);
        }
        capture_free(capture);
        close(pipe.write_end);
        sd_event_unref(event);
}

/* Fills a pipe; how many bytes went in. */
static size_t fill(int fd, char letter)
{
        char block[1024];
        size_t total = 0;
        ssize_t n;

        memset(block, letter, sizeof block);
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

/* A log that blocks makes its writer wait, and no byte is lost. */
static void test_blocked_log(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "fifo", NULL);
        sd_event *event = loop_new();
        Pipe pipe = pipe_new();
        size_t sent = 0, got = 0;
        Capture *capture;
        int reader;

        g_assert_cmpint(mkfifo(path, 0600), ==, 0);
        reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        capture = capture_into(event, pipe.read_end, path);
        for (int i = 0; i < 5; i++) {
                sent += fill(pipe.write_end, 'a');
                run_idle(event);
        }
        /* Both pipes and one read's worth in between are full; nothing was read in the last rounds. */
        g_assert_cmpuint(fill(pipe.write_end, 'a'), ==, 0);
        for (int i = 0; i < 10; i++) {
                got += read_away(reader);
                run_idle(event);
        }
        g_assert_cmpuint(got, ==, sent);
        close(reader);
        close(pipe.write_end);
        capture_free(capture);
        sd_event_unref(event);
        fixture_folder_free(folder);
}

/* A full disk costs the bytes, nothing else. */
static void test_full_disk(void)
{
        sd_event *event = loop_new();
        Pipe pipe = pipe_new();
        Capture *capture = capture_into(event, pipe.read_end, "/dev/full");

        for (int i = 0; i < 3; i++) {
                g_assert_cmpint(write(pipe.write_end, "x", 1), ==, 1);
                run_idle(event);
        }
        capture_free(capture);
        close(pipe.write_end);
        sd_event_unref(event);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/capture/into-file", test_into_file);
        g_test_add_func("/capture/drain", test_drain);
        g_test_add_func("/capture/without-log", test_without_log);
        g_test_add_func("/capture/blocked-log", test_blocked_log);
        g_test_add_func("/capture/full-disk", test_full_disk);
        return g_test_run();
}
