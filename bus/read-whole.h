/* Read whole: bytes from a file, as many as were asked for, or as there are up to its end; whatever
 * a read(2) in between brings. For files and pipes that block. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* From where the descriptor is, or from this offset. How many bytes they are; negative errno. */
ssize_t read_whole(int fd, void *buffer, size_t size);
ssize_t read_whole_at(int fd, void *buffer, size_t size, uint64_t offset);
