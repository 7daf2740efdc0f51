/* Besides the bus it has pipes and logs of listeners, which come as descriptors. */

#include "listener-host/privileges.h"

#include <glib.h>

#include "bus/sandbox.h"

static const SandboxRule own[] = {
        SANDBOX_ALLOW(dup),
        SANDBOX_ALLOW(dup3),
        SANDBOX_ALLOW(lseek),
        SANDBOX_ALLOW(pwritev2),
};

void privileges_give_up(void)
{
        sandbox_enter(own, G_N_ELEMENTS(own));
}
