/* Lost call: what became of a Start, Stop or Restart whose answer was lost together with the bus.
 *
 * The daemon and its processes live on without the bus, so the states tell. */
#pragma once

#include "tools/ctl/client.h"
#include "tools/ctl/results.h"

typedef struct LostCall {
        Operation operation;
        char *const *names;
        const GPtrArray *before; /* of ProcessEntry; for a restart */
} LostCall;

/* Connects again, and waits until every process that names mean is in a state that tells how the
 * operation went; for groups and "all" that includes processes that had nothing to do. The results
 * are those that the call would have answered. NULL with an error when the daemon does not come
 * back. */
GPtrArray *lost_call_resolve(Client *client, const LostCall *lost, GError **error);
