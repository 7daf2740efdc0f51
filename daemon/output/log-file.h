/* Log file: a file, or whatever else a path leads to, that bytes are appended to.
 *
 * A regular file is rotated as its Rotation says: after the write that reaches the size, as
 * Supervisor does it, and before the first write of a new period of time. Everything else is never
 * rotated or opened again, and is written only as far as it can take it at once.
 *
 * Nothing that happens to the file ends a LogFile: when it is deleted it is made anew, when it
 * cannot be opened or written that is tried again with later bytes, and what is lost meanwhile is
 * counted. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <glib.h>

#include "daemon/output/rotation.h"

typedef struct LogFile LogFile;

typedef struct LogFilePlan {
        const char *path;
        Rotation rotation;
        bool is_private; /* mode 0600 when it is made, instead of 0666 less the umask */
} LogFilePlan;

/* Opens nothing yet: that is for log_file_reopen(), or for the first bytes. plan is copied. */
LogFile *log_file_new(const LogFilePlan *plan);
/* The same, but opened. Negative errno. */
int log_file_open(const LogFilePlan *plan, LogFile **ret);
LogFile *log_file_free(LogFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LogFile, log_file_free)

const char *log_file_path(const LogFile *file);
/* For waiting until a pipe or terminal can be written again. Borrowed; changes with a rotation; -1
 * while it is not open. */
int log_file_fd(const LogFile *file);
/* A file of that name, which can be rotated, cleared and read. */
bool log_file_is_regular(const LogFile *file);
/* How many bytes have been lost so far. */
uint64_t log_file_lost(const LogFile *file);

/* Bytes taken: all of them for a regular file; fewer, or none, when another target is full, and
 * then the rest can be written once log_file_fd() is writable. Negative errno (ENOSPC, EPIPE, …):
 * what has not been written of them is lost. */
ssize_t log_file_write(LogFile *file, const void *data, size_t size);
/* The same, at a time of CLOCK_REALTIME, by which periods begin and failures are tried again. */
ssize_t log_file_write_at(LogFile *file, const void *data, size_t size, uint64_t now_usec);
/* Other limits, from the next write on. */
void log_file_set_rotation(LogFile *file, const Rotation *rotation);
/* Asks for the compression of backups that are not compressed yet, if they are to be. */
void log_file_request_compression(const LogFile *file);
/* Opens the path anew, for who moved the file away. The old one stays in use when that fails. */
int log_file_reopen(LogFile *file);
/* Empties the file of that name, and goes on in it; backups stay. Negative errno. What is no
 * regular file has nothing to clear. */
int log_file_clear(LogFile *file);
