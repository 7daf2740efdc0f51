/* Two ends of a bus connection in this process: one that a Stall looks after, and one that reads or
 * does not. */

#include "daemon/face/stall.h"

#include <stdbool.h>
#include <sys/socket.h>

#include "bus/cleanup.h"

#define INTERVAL_USEC UINT64_C(2000)
/* More than the socket of a bus holds. */
#define N_SIGNALS    600
#define SIGNAL_BYTES 50000

typedef struct Ends {
        sd_event *loop;
        sd_bus *near, *far;
        bool far_reads;
        bool stalled;
        bool is_over;
        unsigned n_turns;
} Ends;

static sd_bus *new_end(int fd, bool is_server)
{
        sd_bus *bus;
        sd_id128_t id = SD_ID128_NULL;

        id.bytes[0] = 1;
        g_assert_cmpint(sd_bus_new(&bus), >=, 0);
        g_assert_cmpint(sd_bus_set_fd(bus, fd, fd), >=, 0);
        if (is_server)
                g_assert_cmpint(sd_bus_set_server(bus, true, id), >=, 0);
        g_assert_cmpint(sd_bus_start(bus), >=, 0);
        return bus;
}

static void begin(Ends *ends)
{
        int fds[2];

        *ends = (Ends){ 0 };
        g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), ==,
                        0);
        ends->near = new_end(fds[0], false);
        ends->far = new_end(fds[1], true);
        while (!sd_bus_is_ready(ends->near) || !sd_bus_is_ready(ends->far)) {
                g_assert_cmpint(sd_bus_process(ends->near, NULL), >=, 0);
                g_assert_cmpint(sd_bus_process(ends->far, NULL), >=, 0);
        }
        g_assert_cmpint(sd_event_new(&ends->loop), >=, 0);
        g_assert_cmpint(sd_bus_attach_event(ends->near, ends->loop, 0), >=, 0);
}

static void end(Ends *ends)
{
        sd_bus_close_unref(ends->near);
        sd_bus_close_unref(ends->far);
        sd_event_unref(ends->loop);
}

static void on_stalled(void *userdata)
{
        Ends *ends = userdata;

        ends->stalled = ends->is_over = true;
}

static int on_turn(sd_event_source *source, uint64_t usec, void *userdata)
{
        Ends *ends = userdata;

        if (ends->far_reads)
                g_assert_cmpint(sd_bus_process(ends->far, NULL), >=, 0);
        if (++ends->n_turns > 20 * STALL_INTERVALS)
                ends->is_over = true;
        return sd_event_source_set_time_relative(source, INTERVAL_USEC);
}

static void send_signals(Ends *ends, unsigned n)
{
        g_autofree char *text = g_strnfill(SIGNAL_BYTES, 'x');

        for (unsigned i = 0; i < n; i++)
                g_assert_cmpint(sd_bus_emit_signal(ends->near, "/x", "x.y", "Z", "s", text), >=, 0);
}

static void run(Ends *ends)
{
        g_autoptr(Stall) stall = NULL;
        g_autoptr(sd_event_source) turn = NULL;

        g_assert_cmpint(stall_new(ends->near, INTERVAL_USEC, on_stalled, ends, &stall), >=, 0);
        g_assert_cmpint(sd_event_add_time_relative(ends->loop, &turn, CLOCK_MONOTONIC,
                                        INTERVAL_USEC, 1, on_turn, ends),
                        >=, 0);
        g_assert_cmpint(sd_event_source_set_enabled(turn, SD_EVENT_ON), >=, 0);
        while (!ends->is_over)
                g_assert_cmpint(sd_event_run(ends->loop, UINT64_MAX), >=, 0);
}

static void test_nothing_sent(void)
{
        Ends ends;

        begin(&ends);
        run(&ends);
        g_assert_false(ends.stalled);
        end(&ends);
}

/* All of it is in the socket. */
static void test_little_that_is_not_read(void)
{
        Ends ends;

        begin(&ends);
        send_signals(&ends, 1);
        run(&ends);
        g_assert_true(ends.stalled);
        end(&ends);
}

static void test_much_that_is_not_read(void)
{
        Ends ends;
        uint64_t queued;

        begin(&ends);
        send_signals(&ends, N_SIGNALS);
        g_assert_cmpint(sd_bus_get_n_queued_write(ends.near, &queued), >=, 0);
        g_assert_cmpuint(queued, >, 0);
        run(&ends);
        g_assert_true(ends.stalled);
        end(&ends);
}

/* Far slower than it came. */
static void test_much_that_is_read(void)
{
        Ends ends;

        begin(&ends);
        ends.far_reads = true;
        send_signals(&ends, N_SIGNALS);
        run(&ends);
        g_assert_false(ends.stalled);
        end(&ends);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/stall/nothing-sent", test_nothing_sent);
        g_test_add_func("/stall/little-that-is-not-read", test_little_that_is_not_read);
        g_test_add_func("/stall/much-that-is-not-read", test_much_that_is_not_read);
        g_test_add_func("/stall/much-that-is-read", test_much_that_is_read);
        return g_test_run();
}
