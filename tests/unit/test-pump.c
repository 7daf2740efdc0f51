/* The other end of the connection reads nothing, so that what is sent piles up. */

#include "daemon/face/pump.h"

#include <stdbool.h>
#include <sys/socket.h>

#include "bus/cleanup.h"
#include "tests/unit/bus-fixture.h"

/* More than wait when the pump pauses, and more than the socket takes. */
#define N_SENT       200
#define BYTES        (64 * 1024)
#define SOCKET_BYTES (8 * 1024)
/* Of the loop; a few are enough. */
#define MAX_ROUNDS 1000

typedef struct Stage {
        sd_event *event;
        sd_bus *daemon, *other;
        Pump *pump;
        bool is_lost;
        unsigned n_received;
} Stage;

static int on_lost(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Stage *stage = userdata;

        stage->is_lost = true;
        return 0;
}

static int on_signal(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Stage *stage = userdata;

        stage->n_received++;
        return 0;
}

static void run(const Stage *stage)
{
        g_assert_cmpint(sd_event_run(stage->event, UINT64_MAX), >=, 0);
}

static void set_up(Stage *stage, const void *unused)
{
        const int bytes = SOCKET_BYTES;
        int ends[2];

        g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends),
                        ==, 0);
        g_assert_cmpint(sd_event_new(&stage->event), >=, 0);
        stage->daemon = bus_fixture_start_end(stage->event, ends[0], true);
        stage->other = bus_fixture_start_end(stage->event, ends[1], false);
        while (sd_bus_is_ready(stage->daemon) <= 0 || sd_bus_is_ready(stage->other) <= 0)
                run(stage);
        g_assert_cmpint(setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes), ==, 0);
        g_assert_cmpint(sd_bus_match_signal(stage->daemon, NULL, NULL, NULL,
                                        "org.freedesktop.DBus.Local", "Disconnected", on_lost,
                                        stage),
                        >=, 0);
        g_assert_cmpint(sd_bus_match_signal(stage->other, NULL, NULL, NULL, "x.y", "Z", on_signal,
                                        stage),
                        >=, 0);
        g_assert_cmpint(pump_new(stage->daemon, &stage->pump), >=, 0);
        g_assert_cmpint(sd_bus_detach_event(stage->other), >=, 0);
}

static void tear_down(Stage *stage, const void *unused)
{
        pump_free(stage->pump);
        sd_bus_close(stage->daemon);
        sd_bus_close(stage->other);
        sd_bus_unref(stage->daemon);
        sd_bus_unref(stage->other);
        sd_event_unref(stage->event);
}

static void send_all(const Stage *stage)
{
        g_autofree char *text = g_strnfill(BYTES, 'x');

        for (unsigned i = 0; i < N_SENT; i++)
                g_assert_cmpint(sd_bus_emit_signal(stage->daemon, "/x", "x.y", "Z", "s", text), >=,
                                0);
}

/* Everything but what waits for the other end. */
static void settle(const Stage *stage)
{
        for (int r = 1; r > 0;) {
                r = sd_event_run(stage->event, 0);
                g_assert_cmpint(r, >=, 0);
        }
}

static void test_goes_on(Stage *stage, const void *unused)
{
        send_all(stage);
        settle(stage);
        g_assert_null(sd_bus_get_event(stage->daemon));
        g_assert_cmpint(sd_bus_attach_event(stage->other, stage->event, SD_EVENT_PRIORITY_NORMAL),
                        >=, 0);
        while (stage->n_received < N_SENT)
                run(stage);
        settle(stage);
        g_assert_nonnull(sd_bus_get_event(stage->daemon));
}

/* Though much waits to be sent, and always will. */
static void test_lost(Stage *stage, const void *unused)
{
        send_all(stage);
        settle(stage);
        g_assert_null(sd_bus_get_event(stage->daemon));
        sd_bus_close(stage->other);
        for (unsigned i = 0; i < MAX_ROUNDS && !stage->is_lost; i++)
                run(stage);
        g_assert_true(stage->is_lost);
}

static void add(const char *name, void (*test)(Stage *, const void *))
{
        g_test_add(name, Stage, NULL, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        add("/pump/goes on when what waited is sent", test_goes_on);
        add("/pump/notices that the other end is gone", test_lost);
        return g_test_run();
}
