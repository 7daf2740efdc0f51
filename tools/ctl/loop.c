/* Signals end the loop as anything else does, so that commands leave by their own ways. */

#include "tools/ctl/loop.h"

#include <signal.h>

#include <glib.h>

#include "bus/cleanup.h"

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        return sd_event_exit(sd_event_source_get_event(source), (int)info->ssi_signo);
}

int loop_new(sd_event **ret)
{
        static const int ending[] = { SIGINT, SIGTERM };
        g_autoptr(sd_event) loop = NULL;
        sigset_t blocked;
        int r = sd_event_new(&loop);

        sigemptyset(&blocked);
        for (size_t i = 0; r >= 0 && i < G_N_ELEMENTS(ending); i++) {
                sigaddset(&blocked, ending[i]);
                sigprocmask(SIG_BLOCK, &blocked, NULL);
                r = sd_event_add_signal(loop, NULL, ending[i], on_signal, NULL);
        }
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&loop);
        return 0;
}
