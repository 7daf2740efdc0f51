/* The listener-host in its sandbox: what it needs, and what no host may. */

#include "listener-host/privileges.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <glib.h>
#include <systemd/sd-event.h>

#include "tests/unit/sandbox-fixture.h"

/* What serving needs: memory, a loop with a timer, pipes, and another connection to a bus. */
static int serve(void)
{
        struct sockaddr_un nobody = { AF_UNIX, "/nowhere/at/all" };
        g_autofree char *memory = g_malloc0(64 * 1024 * 1024);
        sd_event *loop = NULL;
        int ends[2], fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (sd_event_new(&loop) < 0 ||
                        sd_event_add_time_relative(loop, NULL, CLOCK_MONOTONIC, 1, 0, NULL, NULL) <
                                        0 ||
                        sd_event_loop(loop) < 0)
                return 1;
        sd_event_unref(loop);
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0 || write(ends[0], "x", 1) != 1 ||
                        read(ends[1], memory, 1) != 1)
                return 2;
        if (fd < 0 || connect(fd, (struct sockaddr *)&nobody, sizeof nobody) == 0)
                return 3;
        return errno == ENOENT ? 0 : 4;
}

static void test_serves(void)
{
        sandbox_fixture_assert(serve, 0);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        sandbox_fixture_add(privileges_give_up);
        g_test_add_func("/sandbox/serves", test_serves);
        return g_test_run();
}
