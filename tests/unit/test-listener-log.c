/* The log is a small pipe, which the test reads as busvisord would. */

#include "listener-host/listener-log.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "bus/cleanup.h"

#define PIPE_BYTES 4096

typedef struct Fixture {
        sd_event *loop;
        ListenerLog *log;
        int its_end;
        unsigned n_ready;
} Fixture;

static void on_ready(void *userdata)
{
        Fixture *fixture = userdata;

        fixture->n_ready++;
}

static void set_up(Fixture *fixture, gconstpointer unused)
{
        int ends[2];

        signal(SIGPIPE, SIG_IGN);
        g_assert_cmpint(pipe2(ends, O_CLOEXEC | O_NONBLOCK), ==, 0);
        g_assert_cmpint(fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES), >=, PIPE_BYTES);
        g_assert_cmpint(sd_event_new(&fixture->loop), >=, 0);
        fixture->its_end = ends[0];
        fixture->log = listener_log_new(fixture->loop, "mail", ends[1], on_ready, fixture);
}

static void tear_down(Fixture *fixture, gconstpointer unused)
{
        listener_log_free(fixture->log);
        sd_event_unref(fixture->loop);
        fd_close(fixture->its_end);
}

static void settle(Fixture *fixture)
{
        while (sd_event_run(fixture->loop, 0) > 0)
                ;
}

static size_t drain(Fixture *fixture, char *to)
{
        ssize_t n = read(fixture->its_end, to, PIPE_BYTES);

        settle(fixture);
        return n > 0 ? n : 0;
}

static void test_takes_at_once(Fixture *fixture, gconstpointer unused)
{
        char taken[PIPE_BYTES];

        g_assert_true(listener_log_write(fixture->log, "READY\n", 6));
        g_assert_cmpuint(drain(fixture, taken), ==, 6);
        g_assert_cmpmem(taken, 6, "READY\n", 6);
        g_assert_cmpuint(fixture->n_ready, ==, 0);
}

/* Nothing is lost, and the order stays. */
static void test_full_for_a_while(Fixture *fixture, gconstpointer unused)
{
        char said[3 * PIPE_BYTES], taken[4 * PIPE_BYTES];
        size_t n = 0;

        for (size_t i = 0; i < sizeof said; i++)
                said[i] = (char)('a' + i % 23);
        g_assert_false(listener_log_write(fixture->log, said, sizeof said - 5));
        settle(fixture);
        g_assert_cmpuint(fixture->n_ready, ==, 0);
        g_assert_false(listener_log_write(fixture->log, said + sizeof said - 5, 5));
        for (int i = 0; i < 4; i++)
                n += drain(fixture, taken + n);
        g_assert_cmpmem(taken, n, said, sizeof said);
        g_assert_cmpuint(fixture->n_ready, ==, 1);
        g_assert_true(listener_log_write(fixture->log, "x", 1));
}

/* What comes soon after something is written later, and together. */
static void test_gathers(Fixture *fixture, gconstpointer unused)
{
        char taken[PIPE_BYTES];

        g_assert_true(listener_log_write(fixture->log, "a", 1));
        g_assert_cmpuint(drain(fixture, taken), ==, 1);
        g_assert_true(listener_log_write(fixture->log, "b", 1));
        g_assert_true(listener_log_write(fixture->log, "c", 1));
        g_assert_cmpuint(drain(fixture, taken), ==, 0);
        g_assert_cmpint(sd_event_run(fixture->loop, UINT64_MAX), >, 0);
        g_assert_cmpuint(drain(fixture, taken), ==, 2);
        g_assert_cmpmem(taken, 2, "bc", 2);
        g_assert_cmpuint(fixture->n_ready, ==, 0);
}

/* Much is not kept back. */
static void test_gathers_little(Fixture *fixture, gconstpointer unused)
{
        char taken[PIPE_BYTES];
        size_t n = 0;

        g_assert_true(listener_log_write(fixture->log, "a", 1));
        g_assert_cmpuint(drain(fixture, taken), ==, 1);
        for (int i = 0; i < 100; i++)
                g_assert_true(listener_log_write(fixture->log,
                                "0123456789012345678901234567890123456789012345678", 50));
        n = drain(fixture, taken);
        g_assert_cmpuint(n, >=, 3000);
        fixture->log = listener_log_free(fixture->log);
        g_assert_cmpuint(n + drain(fixture, taken), ==, 5000);
}

static void test_broken(Fixture *fixture, gconstpointer unused)
{
        fixture->its_end = fd_close(fixture->its_end);
        g_assert_true(listener_log_write(fixture->log, "x", 1));
        g_assert_true(listener_log_write(fixture->log, "x", 1));
}

#define ADD(path, function)                                                                        \
        g_test_add("/listener-log/" path, Fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("takes-at-once", test_takes_at_once);
        ADD("full-for-a-while", test_full_for_a_while);
        ADD("gathers", test_gathers);
        ADD("gathers-little", test_gathers_little);
        ADD("broken", test_broken);
        return g_test_run();
}
