/* Late call: what is to be said of an operation for which the time was over before the daemon
 * answered. The daemon goes on with it. */
#pragma once

#include "tools/ctl/client.h"
#include "tools/ctl/results.h"

typedef struct LateCall {
        Operation operation;
        char *const *names;      /* as the daemon was given them */
        const GPtrArray *before; /* of ProcessEntry */
} LateCall;

/* Asks for the states, and answers with results like those of the daemon; the error of what is
 * still under way is SD_BUS_ERROR_TIMEOUT, and its message tells the state. NULL with an error. */
GPtrArray *late_call_resolve(Client *client, const LateCall *late, GError **error);

/* Tells on stderr, behind what the error says, who is still under way; the exit status. */
ExitStatus late_call_tell(const GPtrArray *results, const GError *error);
/* The same of an update, which may be about any process: of those that start and stop. */
ExitStatus late_call_tell_moving(Client *client, const GError *error);
