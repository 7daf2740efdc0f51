/* Watched call: a call that takes its time, with a line on stderr about how far it has come. */
#pragma once

#include <stdbool.h>

#include "tools/ctl/client.h"
#include "tools/ctl/progress.h"

/* As client_call without a time-out but that of the client. The line comes when there is something
 * to wait for, follows the signals of the daemon, and is gone at the end. stderr must be a
 * terminal. */
bool watched_call(Client *client, sd_bus_message *call, const char *action, Progress *progress,
                sd_bus_message **ret_reply, GError **error);
