/* Log source: one of the logs that the daemon has, and the calls that read it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "tools/ctl/client.h"

typedef struct LogSource {
        char *path;          /* of the object of a process; NULL = the main log */
        const char *channel; /* "stdout" or "stderr"; of a process only */
} LogSource;

/* The log of a process by its name, GROUP:PROCESS or NAME; with FAILURE_NO_SUCH_NAME when there is
 * none. */
bool log_source_find(Client *client, const char *name, const char *channel, LogSource *ret_source,
                GError **error);
void log_source_clear(LogSource *source);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LogSource, log_source_clear)

/* Calls of OpenLog and of ReadLog, the latter with offset and a length of 0, "up to the end". */
int log_source_new_open(const LogSource *source, Client *client, sd_bus_message **ret_call);
int log_source_new_read(
                const LogSource *source, Client *client, int64_t offset, sd_bus_message **ret_call);
/* What they answer: a descriptor, for the caller to close; bytes, borrowed from the reply, and
 * where they begin. Negative errno. */
int log_source_get_opened(sd_bus_message *reply, int *ret_fd);
int log_source_get_read(sd_bus_message *reply, const void **ret_data, size_t *ret_size,
                uint64_t *ret_position);

/* Descriptors can come over this connection; else there are pages only. */
bool log_source_can_open(Client *client);
/* The two, waited for. With FAILURE_NO_FILE when there is no log to read. */
bool log_source_open(const LogSource *source, Client *client, int *ret_fd, GError **error);
bool log_source_read(const LogSource *source, Client *client, int64_t offset,
                sd_bus_message **ret_reply, GError **error);
