/* Log file: a file, or whatever else a path leads to, that bytes are appended to.
 *
 * A regular file is rotated by size as Supervisor does it: after the write that reaches max_bytes,
 * FILE.1 … FILE.N move up by one and FILE becomes FILE.1; without backups it is emptied. Pipes,
 * terminals and devices are never rotated, and are written only as far as they can take it at once.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include <glib.h>

typedef struct LogFile LogFile;

/* Opens for appending, creates with mode 0666 less the umask. Negative errno. */
int log_file_open(const char *path, int64_t max_bytes, int64_t backups, LogFile **ret);
LogFile *log_file_free(LogFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LogFile, log_file_free)

const char *log_file_path(const LogFile *file);
/* For waiting until a pipe or terminal can be written again. Borrowed; changes with a rotation. */
int log_file_fd(const LogFile *file);

/* Bytes taken: all of them for a regular file; fewer, or none, when another target is full.
 * Negative errno when nothing could be written (ENOSPC, EPIPE, …). */
ssize_t log_file_write(LogFile *file, const void *data, size_t size);
/* Other limits, from the next write on. */
void log_file_set_rotation(LogFile *file, int64_t max_bytes, int64_t backups);
/* Opens the path anew, for who moved the file away. The old one stays in use when that fails. */
int log_file_reopen(LogFile *file);
