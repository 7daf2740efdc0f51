/* Log writer: pieces of a log on their way to stdout, byte by byte or as JSON.
 *
 * As JSON each piece is an object in a line of its own, and characters of several bytes are kept
 * together. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "tools/ctl/output.h"

typedef struct LogWriter LogWriter;

/* name is that of the process, channel NULL for the main log; both and output are borrowed. */
LogWriter *log_writer_new(const Output *output, const char *name, const char *channel);
/* Writes what it has kept. */
LogWriter *log_writer_free(LogWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LogWriter, log_writer_free)

/* False when stdout takes nothing any more. */
bool log_writer_data(LogWriter *writer, const void *data, size_t size);
/* The log was emptied. */
bool log_writer_truncated(LogWriter *writer);
/* A line that is no part of the log; none as JSON. */
void log_writer_note(LogWriter *writer, const char *line);
