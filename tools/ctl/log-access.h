/* Log access: a log of the daemon of a client, found, opened, read and followed. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <systemd/sd-event.h>

#include "bus/log-follow.h"
#include "bus/log-source.h"
#include "tools/ctl/client.h"

/* The log of a process by its name, GROUP:PROCESS or NAME; with FAILURE_NO_SUCH_NAME when there is
 * none. */
bool log_access_find(Client *client, const char *name, const char *channel, LogSource *ret_source,
                GError **error);

/* OpenLog and ReadLog, waited for. With FAILURE_NO_FILE when there is no log to read. */
bool log_access_open(const LogSource *source, Client *client, int *ret_fd, GError **error);
bool log_access_read(const LogSource *source, Client *client, int64_t offset,
                sd_bus_message **ret_reply, GError **error);
/* Where the log ends now: bytes from its beginning. */
bool log_access_end(const LogSource *source, Client *client, uint64_t *ret_end, GError **error);

/* The bus must be attached to the loop. Begins with the last bytes that are there, at most so many.
 * NULL with FAILURE_NO_FILE when there is no log to read. */
LogFollow *log_access_follow(const LogSource *source, Client *client, sd_event *loop,
                const LogFollowHandler *handler, uint64_t last_bytes, GError **error);
