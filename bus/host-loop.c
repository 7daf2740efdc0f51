/* The signals must be blocked before the loop can take them. */

#include "bus/host-loop.h"

#include <errno.h>
#include <signal.h>

#include <glib.h>

#include "bus/cleanup.h"

int host_loop_new(sd_event_signal_handler_t on_signal, void *userdata, sd_event **ret)
{
        g_autoptr(sd_event) loop = NULL;
        sigset_t signals;
        int r;

        sigemptyset(&signals);
        sigaddset(&signals, SIGTERM);
        sigaddset(&signals, SIGINT);
        if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
                return -errno;
        signal(SIGPIPE, SIG_IGN);
        r = sd_event_new(&loop);
        if (r >= 0)
                r = sd_event_add_signal(loop, NULL, SIGTERM, on_signal, userdata);
        if (r >= 0)
                r = sd_event_add_signal(loop, NULL, SIGINT, on_signal, userdata);
        if (r >= 0)
                *ret = g_steal_pointer(&loop);
        return r;
}
