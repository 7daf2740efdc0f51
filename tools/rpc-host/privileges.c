/* Its sockets are inherited and listen already, so what it needs besides the bus is to take
 * connections, and to follow logs. The time zone, in which it tells when a program ended, is a
 * file. */

#include "tools/rpc-host/privileges.h"

#include <time.h>

#include <glib.h>

#include "bus/sandbox.h"

static const SandboxRule own[] = {
        SANDBOX_ALLOW(accept4),
        /* logs, whose descriptors the daemon hands out */
        SANDBOX_ALLOW(pread64),
        SANDBOX_ALLOW(inotify_init1),
        SANDBOX_ALLOW(inotify_add_watch),
        SANDBOX_ALLOW(inotify_rm_watch),
};

void privileges_give_up(void)
{
        tzset();
        sandbox_enter(own, G_N_ELEMENTS(own));
}
