/* Log reader: pieces of a log file, by Supervisor's rules for offsets and lengths.
 *
 * The rules are those of readProcessStdoutLog and tailProcessStdoutLog, in bytes. Only regular
 * files are read: nothing here can block on a pipe, or take from a terminal what somebody types. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The bytes from position on, length of them. */
typedef struct LogRange {
        uint64_t position;
        uint64_t length;
} LogRange;

/* For reading, O_CLOEXEC. Negative errno; -EMEDIUMTYPE when it is no regular file. */
int log_reader_open(const char *path);
/* Bytes in it; negative errno. */
int64_t log_reader_size(int fd);

/* What "read" means in a file of that size: below 0, offset counts from the end and length must be
 * 0; otherwise a length of 0 is everything up to the end. At most max bytes, from the beginning of
 * what was asked for. Past the end there is nothing, at the end. False when offset and length do
 * not go together. */
bool log_reader_find(
                int64_t offset, int64_t length, uint64_t size, uint64_t max, LogRange *ret_range);
/* What "tail" means: the last length bytes before the end, unless the offset is behind it; at most
 * max of them, from their end. *ret_overflow: there is more behind offset than length. */
void log_reader_find_tail(int64_t offset, int64_t length, uint64_t size, uint64_t max,
                LogRange *ret_range, bool *ret_overflow);

/* Bytes read into the buffer, which has room for the range; fewer when the file has become shorter.
 * Negative errno. */
ssize_t log_reader_read(int fd, const LogRange *range, void *buffer);
