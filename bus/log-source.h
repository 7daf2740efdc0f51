/* Log source: one of the logs that the daemon has, and the calls that read it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>
#include <systemd/sd-bus.h>

typedef struct LogSource {
        char *path;          /* of the object of a process; NULL = the main log */
        const char *channel; /* "stdout" or "stderr"; of a process only */
} LogSource;

void log_source_clear(LogSource *source);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LogSource, log_source_clear)

/* Calls of OpenLog and of ReadLog, the latter with offset and a length of 0, "up to the end". */
int log_source_new_open(const LogSource *source, sd_bus *bus, const char *bus_name,
                sd_bus_message **ret_call);
int log_source_new_read(const LogSource *source, sd_bus *bus, const char *bus_name, int64_t offset,
                sd_bus_message **ret_call);
/* What they answer: a descriptor, for the caller to close; bytes, borrowed from the reply, and
 * where they begin. Negative errno. */
int log_source_get_opened(sd_bus_message *reply, int *ret_fd);
int log_source_get_read(sd_bus_message *reply, const void **ret_data, size_t *ret_size,
                uint64_t *ret_position);

/* Descriptors can come over this connection; else there are pages only. */
bool log_source_can_open(sd_bus *bus);
