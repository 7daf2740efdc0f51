/* Sink: where bytes leave us: a log file or whatever a path leads to, syslog, or the journal.
 *
 * Takes what it can at once and never waits. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <glib.h>

#include "daemon/output/log-file.h"

typedef struct Sink Sink;

/* Opens nothing yet. plan is copied. */
Sink *sink_new_file(const LogFilePlan *plan);
/* At the path of a service's socket. */
Sink *sink_new_syslog(const char *path);
Sink *sink_new_journal(const char *path);
Sink *sink_free(Sink *sink);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sink, sink_free)

const char *sink_path(const Sink *sink);
/* To be waited for with EPOLLOUT when it has not taken everything. Borrowed, until the next
 * writing. */
int sink_fd(const Sink *sink);
/* The log file; NULL for the services. Borrowed. */
LogFile *sink_file(const Sink *sink);

/* Bytes taken, which may be fewer; of a message to a service all or none. Negative errno, and in
 * *ret_lost how many are lost: a file may have taken a part before it was full. Lines of up to 4096
 * bytes stay whole in a pipe, whoever else writes there. */
ssize_t sink_write(Sink *sink, const char *data, size_t size, size_t *ret_lost);
