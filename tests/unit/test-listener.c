/* The listener process is played by the test itself, at the other ends of real pipes; also who
 * reads what it wants to be printed. */

#include "listener-host/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "bus/cleanup.h"

typedef struct Fixture {
        sd_event *loop;
        Listener *listener;
        int its_stdin, its_stdout;
        int log;
        unsigned n_ready;
        GString *outcomes; /* A, R or N for each event */
        GString *states;   /* the first letter of each that it came to */
        unsigned n_violations;
} Fixture;

static void on_ready(Listener *listener, void *userdata)
{
        Fixture *fixture = userdata;

        g_assert_true(listener_is_ready(listener));
        fixture->n_ready++;
}

static void on_concluded(
                Listener *listener, PoolOutcome outcome, const char *reason, void *userdata)
{
        Fixture *fixture = userdata;

        g_assert_cmpint(reason != NULL, ==, outcome == POOL_REFUSED);
        g_string_append_c(fixture->outcomes, "ARN"[outcome]);
}

static void on_changed(Listener *listener, void *userdata)
{
        Fixture *fixture = userdata;

        g_string_append_c(fixture->states, *listener_state_to_string(listener_state(listener)));
}

static void on_violated(Listener *listener, void *userdata)
{
        Fixture *fixture = userdata;

        fixture->n_violations++;
}

static const ListenerObserver observer = { on_ready, on_concluded, on_changed, on_violated };

static void set_up(Fixture *fixture, gconstpointer unused)
{
        int in[2], out[2];
        ListenerPipes pipes;

        signal(SIGPIPE, SIG_IGN);
        g_assert_cmpint(pipe2(in, O_CLOEXEC), ==, 0);
        g_assert_cmpint(pipe2(out, O_CLOEXEC), ==, 0);
        fixture->log = memfd_create("log", MFD_CLOEXEC);
        fixture->its_stdin = in[0];
        fixture->its_stdout = out[1];
        fixture->outcomes = g_string_new(NULL);
        fixture->states = g_string_new(NULL);
        pipes = (ListenerPipes){ in[1], out[0], fcntl(fixture->log, F_DUPFD_CLOEXEC, 3) };
        g_assert_cmpint(sd_event_new(&fixture->loop), >=, 0);
        g_assert_cmpint(listener_new(fixture->loop, "mail", 3, &pipes, &observer, fixture,
                                        &fixture->listener),
                        >=, 0);
        g_assert_cmpuint(listener_generation(fixture->listener), ==, 3);
}

static void tear_down(Fixture *fixture, gconstpointer unused)
{
        listener_free(fixture->listener);
        sd_event_unref(fixture->loop);
        fd_close(fixture->its_stdin);
        fd_close(fixture->its_stdout);
        fd_close(fixture->log);
        g_string_free(fixture->outcomes, true);
        g_string_free(fixture->states, true);
}

/* Runs the loop until nothing is left to do. */
static void settle(Fixture *fixture)
{
        while (sd_event_run(fixture->loop, 0) > 0)
                ;
}

static void say(Fixture *fixture, const char *text)
{
        g_assert_cmpint(write(fixture->its_stdout, text, strlen(text)), ==, strlen(text));
        settle(fixture);
}

static int give(Fixture *fixture, const char *text)
{
        return listener_give(fixture->listener, text, strlen(text));
}

static void assert_hears(Fixture *fixture, const char *text)
{
        char heard[200];
        ssize_t n = read(fixture->its_stdin, heard, sizeof heard);

        g_assert_cmpmem(heard, n, text, strlen(text));
}

static void test_conversation(Fixture *fixture, gconstpointer unused)
{
        char log[100];
        ssize_t n;

        g_assert_false(listener_is_ready(fixture->listener));
        say(fixture, "REA");
        say(fixture, "DY\n");
        g_assert_cmpuint(fixture->n_ready, ==, 1);
        g_assert_cmpint(give(fixture, "head\nbody"), ==, 0);
        assert_hears(fixture, "head\nbody");
        g_assert_false(listener_is_ready(fixture->listener));
        say(fixture, "RESULT 2\nO");
        g_assert_cmpstr(fixture->outcomes->str, ==, "");
        say(fixture, "KREADY\n");
        g_assert_cmpstr(fixture->outcomes->str, ==, "A");
        g_assert_cmpuint(fixture->n_ready, ==, 2);
        give(fixture, "x");
        say(fixture, "RESULT 4\nFAIL");
        g_assert_cmpstr(fixture->outcomes->str, ==, "AR");
        fixture->listener = listener_free(fixture->listener); /* and writes what was gathered */
        n = pread(fixture->log, log, sizeof log, 0);
        g_assert_cmpmem(log, n, "READY\nRESULT 2\nOKREADY\nRESULT 4\nFAIL", 36);
        g_assert_cmpstr(fixture->states->str, ==, "RBARBA");
        g_assert_cmpuint(fixture->n_violations, ==, 0);
}

static void test_garbage(Fixture *fixture, gconstpointer unused)
{
        say(fixture, "hello\n");
        g_assert_false(listener_is_ready(fixture->listener));
        say(fixture, "READY\n");
        g_assert_true(listener_is_ready(fixture->listener));
        give(fixture, "x");
        say(fixture, "nonsense\n");
        g_assert_cmpstr(fixture->outcomes->str, ==, "R");
        g_assert_false(listener_is_ready(fixture->listener));
        say(fixture, "RESULT 2\nOKREADY\n");
        g_assert_cmpstr(fixture->outcomes->str, ==, "R");
        g_assert_true(listener_is_ready(fixture->listener));
        g_assert_cmpstr(fixture->states->str, ==, "URBUR");
        g_assert_cmpuint(fixture->n_violations, ==, 2);
}

/* A payload that the pipe does not take at once: the rest follows, and no second event before it.
 */
static void test_partial_write(Fixture *fixture, gconstpointer unused)
{
        const size_t size = 300000;
        g_autofree char *large = g_strnfill(size, 'x');
        char heard[65536];
        size_t total = 0;

        say(fixture, "READY\n");
        g_assert_cmpint(give(fixture, large), ==, 0);
        say(fixture, "RESULT 2\nOKREADY\n");
        g_assert_cmpstr(fixture->outcomes->str, ==, "A");
        g_assert_false(listener_is_ready(fixture->listener));
        g_assert_cmpuint(fixture->n_ready, ==, 1);
        while (total < size) {
                total += read(fixture->its_stdin, heard, sizeof heard);
                settle(fixture);
        }
        g_assert_cmpuint(total, ==, size);
        g_assert_true(listener_is_ready(fixture->listener));
        g_assert_cmpuint(fixture->n_ready, ==, 2);
}

static void test_closed_stdin(Fixture *fixture, gconstpointer unused)
{
        say(fixture, "READY\n");
        fixture->its_stdin = fd_close(fixture->its_stdin);
        g_assert_cmpint(give(fixture, "x"), ==, -EPIPE);
        g_assert_cmpstr(fixture->outcomes->str, ==, "");
        say(fixture, "READY\n");
        g_assert_false(listener_is_ready(fixture->listener));
}

static void test_stdin_closed_in_between(Fixture *fixture, gconstpointer unused)
{
        g_autofree char *large = g_strnfill(300000, 'x');

        say(fixture, "READY\n");
        g_assert_cmpint(give(fixture, large), ==, 0);
        fixture->its_stdin = fd_close(fixture->its_stdin);
        settle(fixture);
        g_assert_cmpstr(fixture->outcomes->str, ==, "R");
        listener_ended(fixture->listener);
        g_assert_cmpstr(fixture->outcomes->str, ==, "R");
}

static void test_closed_stdout(Fixture *fixture, gconstpointer unused)
{
        say(fixture, "READY\n");
        give(fixture, "x");
        fixture->its_stdout = fd_close(fixture->its_stdout);
        settle(fixture);
        g_assert_cmpstr(fixture->outcomes->str, ==, "R");
        listener_ended(fixture->listener);
        g_assert_cmpstr(fixture->outcomes->str, ==, "R");
}

/* The answer lies in the pipe when the news of the end arrives. */
static void test_last_words_count(Fixture *fixture, gconstpointer unused)
{
        const char *last = "RESULT 2\nOKREADY\n";

        say(fixture, "READY\n");
        give(fixture, "x");
        g_assert_cmpint(write(fixture->its_stdout, last, strlen(last)), ==, strlen(last));
        listener_ended(fixture->listener);
        g_assert_cmpstr(fixture->outcomes->str, ==, "A");
        g_assert_false(listener_is_ready(fixture->listener));
        g_assert_cmpuint(fixture->n_ready, ==, 1);
}

/* READY, it may get events at once, unless it is to wait for RUNNING. */
static void test_await_running(Fixture *fixture, gconstpointer unused)
{
        listener_await_running(fixture->listener);
        say(fixture, "READY\n");
        g_assert_false(listener_is_ready(fixture->listener));
        g_assert_cmpuint(fixture->n_ready, ==, 0);
        listener_note_running(fixture->listener);
        g_assert_true(listener_is_ready(fixture->listener));
        g_assert_cmpuint(fixture->n_ready, ==, 1);
}

static void test_stopping(Fixture *fixture, gconstpointer unused)
{
        say(fixture, "READY\n");
        give(fixture, "x");
        listener_note_stopping(fixture->listener);
        say(fixture, "RESULT 2\nOKREADY\n");
        g_assert_cmpstr(fixture->outcomes->str, ==, "A");
        g_assert_cmpuint(fixture->n_ready, ==, 1);
        g_assert_false(listener_is_ready(fixture->listener));
        listener_ended(fixture->listener);
        g_assert_false(listener_ended_early(fixture->listener));
}

static void test_early_end(Fixture *fixture, gconstpointer unused)
{
        say(fixture, "READY\n");
        give(fixture, "x");
        g_assert_false(listener_ended_early(fixture->listener));
        listener_ended(fixture->listener);
        g_assert_true(listener_ended_early(fixture->listener));
}

static void test_late_end(Fixture *fixture, gconstpointer unused)
{
        say(fixture, "READY\n");
        give(fixture, "x");
        listener_note_running(fixture->listener);
        listener_ended(fixture->listener);
        g_assert_false(listener_ended_early(fixture->listener));
}

static void test_idle_end(Fixture *fixture, gconstpointer unused)
{
        say(fixture, "READY\n");
        listener_ended(fixture->listener);
        g_assert_false(listener_ended_early(fixture->listener));
}

static void test_strict(Fixture *fixture, gconstpointer unused)
{
        listener_set_protocol(fixture->listener, POOL_PROTOCOL_STRICT);
        say(fixture, "READY\n");
        g_assert_false(listener_is_ready(fixture->listener));
        listener_note_running(fixture->listener);
        g_assert_cmpuint(fixture->n_ready, ==, 1);
        give(fixture, "x");
        say(fixture, "RESULT 2\nOK\nREADY\n");
        say(fixture, "READY\n");
        g_assert_cmpstr(fixture->outcomes->str, ==, "A");
        g_assert_cmpuint(fixture->n_ready, ==, 1);
        g_assert_false(listener_is_ready(fixture->listener));
        /* It is in again with its next READY. */
        listener_set_protocol(fixture->listener, POOL_PROTOCOL_TOLERANT);
        say(fixture, "READY\n");
        g_assert_true(listener_is_ready(fixture->listener));
}

/* To Supervisor a closed pipe is nothing: what counts is the end of the process. */
static void test_strict_closed_pipes(Fixture *fixture, gconstpointer unused)
{
        listener_set_protocol(fixture->listener, POOL_PROTOCOL_STRICT);
        listener_note_running(fixture->listener);
        say(fixture, "READY\n");
        give(fixture, "x");
        fixture->its_stdout = fd_close(fixture->its_stdout);
        settle(fixture);
        g_assert_cmpstr(fixture->outcomes->str, ==, "");
        listener_ended(fixture->listener);
        g_assert_cmpstr(fixture->outcomes->str, ==, "R");
}

/* From some mebibytes on it is read slowly: then its pipe is full when nothing is left to do. */
static void test_endless_output(Fixture *fixture, gconstpointer unused)
{
        const size_t mebibyte = 1024 * 1024;
        char block[16384];
        size_t total = 0;
        ssize_t n;

        memset(block, 'x', sizeof block);
        g_assert_cmpint(fcntl(fixture->its_stdout, F_SETFL, O_NONBLOCK), ==, 0);
        while ((n = write(fixture->its_stdout, block, sizeof block)) > 0) {
                total += n;
                settle(fixture);
        }
        g_assert_cmpint(errno, ==, EAGAIN);
        g_assert_cmpuint(total, >, 8 * mebibyte);
        g_assert_cmpuint(total, <, 16 * mebibyte);
}

/* As long as it makes sense, it may say as much as it likes. */
static void test_much_output(Fixture *fixture, gconstpointer unused)
{
        g_autofree char *large = g_strnfill(65536, 'x');
        g_autofree char *result = g_strconcat("RESULT 65536\n", large, "READY\n", NULL);

        say(fixture, "READY\n");
        g_assert_cmpint(fcntl(fixture->its_stdout, F_SETPIPE_SZ, 1024 * 1024), >=, 0);
        for (int i = 0; i < 20 * 16; i++) {
                g_assert_cmpint(give(fixture, "x"), ==, 0);
                assert_hears(fixture, "x");
                say(fixture, result);
                g_assert_cmpuint(fixture->outcomes->len, ==, i + 1);
        }
}

static void test_end_while_busy(Fixture *fixture, gconstpointer unused)
{
        say(fixture, "READY\n");
        give(fixture, "x");
        listener_ended(fixture->listener);
        g_assert_cmpstr(fixture->outcomes->str, ==, "R");
}

/* A listener whose results are lines, which go into a FIFO. */
typedef struct RelayFixture {
        Fixture base;
        char *folder, *fifo;
        int reader;
        Relay *relay;
} RelayFixture;

static void set_up_relay(RelayFixture *fixture, gconstpointer unused)
{
        set_up(&fixture->base, NULL);
        fixture->folder = g_dir_make_tmp("busvisor-test-XXXXXX", NULL);
        fixture->fifo = g_build_filename(fixture->folder, "fifo", NULL);
        g_assert_cmpint(mkfifo(fixture->fifo, 0600), ==, 0);
        fixture->reader = open(fixture->fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        fixture->relay = relay_new(fixture->base.loop, fixture->fifo);
        listener_set_relay(fixture->base.listener, fixture->relay);
        say(&fixture->base, "READY\n");
        give(&fixture->base, "x");
}

static void tear_down_relay(RelayFixture *fixture, gconstpointer unused)
{
        tear_down(&fixture->base, NULL);
        relay_free(fixture->relay);
        fd_close(fixture->reader);
        g_assert_cmpint(g_unlink(fixture->fifo), ==, 0);
        g_assert_cmpint(g_rmdir(fixture->folder), ==, 0);
        g_free(fixture->fifo);
        g_free(fixture->folder);
}

/* How many bytes were printed, until nothing comes any more. */
static size_t read_printed(RelayFixture *fixture)
{
        char data[65536];
        size_t total = 0;

        for (ssize_t n = 1; n > 0; settle(&fixture->base)) {
                n = read(fixture->reader, data, sizeof data);
                total += MAX(n, 0);
        }
        return total;
}

#define PRINTED_HEAD "processname:p channel:c\n"

/* A result of so many bytes of data, and what the caller says next. */
static void answer(RelayFixture *fixture, size_t size, const char *next)
{
        g_autofree char *data = g_strnfill(size, 'x');
        g_autofree char *said = g_strdup_printf("RESULT %zu\n" PRINTED_HEAD "%s%s",
                        strlen(PRINTED_HEAD) + size, data, next);

        for (size_t at = 0; at < strlen(said); at += 30000) {
                g_autofree char *portion = g_strndup(said + at, 30000);

                say(&fixture->base, portion);
        }
}

static void test_relay(RelayFixture *fixture, gconstpointer unused)
{
        char printed[100];
        ssize_t n;

        say(&fixture->base, "RESULT 27\n" PRINTED_HEAD "a\nb");
        g_assert_cmpstr(fixture->base.outcomes->str, ==, "A");
        n = read(fixture->reader, printed, sizeof printed);
        g_assert_cmpmem(printed, n, "p c | a\np c | b\n", 16);
        say(&fixture->base, "READY\n");
        give(&fixture->base, "x");
        answer(fixture, 3000000, "");
        g_assert_cmpuint(read_printed(fixture), ==, 3000007);
        g_assert_cmpstr(fixture->base.outcomes->str, ==, "AA");
}

static void test_relay_other_forms(RelayFixture *fixture, gconstpointer unused)
{
        say(&fixture->base, "RESULT 2\nOKREADY\n");
        g_assert_cmpstr(fixture->base.outcomes->str, ==, "R");
        g_assert_true(listener_is_ready(fixture->base.listener));
        give(&fixture->base, "x");
        say(&fixture->base, "RESULT 4\nFAILREADY\n");
        give(&fixture->base, "x");
        answer(fixture, 6000000, "READY\n");
        g_assert_cmpstr(fixture->base.outcomes->str, ==, "RRR");
        g_assert_true(listener_is_ready(fixture->base.listener));
        g_assert_cmpuint(read_printed(fixture), ==, 0);
}

/* Nobody reads what it prints: it is done, and ready, only when somebody does. */
static void test_relay_waits(RelayFixture *fixture, gconstpointer unused)
{
        answer(fixture, 200000, "READY\n");
        g_assert_cmpstr(fixture->base.outcomes->str, ==, "");
        say(&fixture->base, "flood");
        g_assert_cmpuint(fixture->base.n_ready, ==, 1);
        g_assert_cmpuint(read_printed(fixture), ==, 200007);
        g_assert_cmpstr(fixture->base.outcomes->str, ==, "A");
        g_assert_cmpuint(fixture->base.n_ready, ==, 2);
        g_assert_true(listener_is_ready(fixture->base.listener));
}

/* What has been printed in part counts; what has not is refused, and not printed. */
static void test_relay_end(RelayFixture *fixture, gconstpointer unused)
{
        answer(fixture, 200000, "READY\n");
        listener_ended(fixture->base.listener);
        g_assert_cmpstr(fixture->base.outcomes->str, ==, "A");
        g_assert_cmpuint(read_printed(fixture), ==, 200007);
}

static void test_relay_end_before(RelayFixture *fixture, gconstpointer unused)
{
        autofd writer = open(fixture->fifo, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
        char data[65536] = {};
        size_t in_the_way = 0;
        ssize_t n;

        while ((n = write(writer, data, sizeof data)) > 0)
                in_the_way += n;
        answer(fixture, 10, "READY\n");
        g_assert_cmpstr(fixture->base.outcomes->str, ==, "");
        listener_ended(fixture->base.listener);
        g_assert_cmpstr(fixture->base.outcomes->str, ==, "R");
        g_assert_cmpuint(read_printed(fixture), ==, in_the_way);
}

static void test_relay_is_broken(RelayFixture *fixture, gconstpointer unused)
{
        answer(fixture, 200000, "READY\n");
        fixture->reader = fd_close(fixture->reader);
        settle(&fixture->base);
        g_assert_cmpstr(fixture->base.outcomes->str, ==, "R");
        g_assert_true(listener_is_ready(fixture->base.listener));
        give(&fixture->base, "x");
        answer(fixture, 10, "");
        g_assert_cmpstr(fixture->base.outcomes->str, ==, "RR");
}

#define ADD(path, function)                                                                        \
        g_test_add("/listener/" path, Fixture, NULL, set_up, function, tear_down)

#define ADD_RELAY(path, function)                                                                  \
        g_test_add("/listener/" path, RelayFixture, NULL, set_up_relay, function, tear_down_relay)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("conversation", test_conversation);
        ADD("garbage", test_garbage);
        ADD("partial-write", test_partial_write);
        ADD("closed-stdin", test_closed_stdin);
        ADD("stdin-closed-in-between", test_stdin_closed_in_between);
        ADD("closed-stdout", test_closed_stdout);
        ADD("last-words-count", test_last_words_count);
        ADD("await-running", test_await_running);
        ADD("stopping", test_stopping);
        ADD("early-end", test_early_end);
        ADD("late-end", test_late_end);
        ADD("idle-end", test_idle_end);
        ADD("strict", test_strict);
        ADD("strict-closed-pipes", test_strict_closed_pipes);
        ADD("endless-output", test_endless_output);
        ADD("much-output", test_much_output);
        ADD("end-while-busy", test_end_while_busy);
        ADD_RELAY("relay", test_relay);
        ADD_RELAY("relay-other-forms", test_relay_other_forms);
        ADD_RELAY("relay-waits", test_relay_waits);
        ADD_RELAY("relay-end", test_relay_end);
        ADD_RELAY("relay-end-before", test_relay_end_before);
        ADD_RELAY("relay-is-broken", test_relay_is_broken);
        return g_test_run();
}
