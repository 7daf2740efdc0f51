/* Target: an open place for bytes, whatever a path leads to: a file, a pipe, a terminal, a socket.
 *
 * A path that leads to a descriptor which busvisord was started with (/dev/stdout, /dev/stderr,
 * /dev/fd/N, /proc/self/fd/N, or a link to one of them) needs no permission to open it again.
 * Writing never blocks, and never makes a description non-blocking that others share. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef enum TargetKind {
        TARGET_FILE,         /* a regular file of that name, opened for appending */
        TARGET_FOREIGN_FILE, /* a regular file that is there under another name, or none */
        TARGET_STREAM,       /* no regular file; the description is non-blocking and ours alone */
        TARGET_SHARED_PIPE,  /* these share their description with others */
        TARGET_SHARED_DEVICE,
        TARGET_SOCKET,
        _TARGET_KIND_MAX,
} TargetKind;

typedef struct Target {
        int fd; /* -1 = not open */
        TargetKind kind;
} Target;

typedef enum TargetFlags {
        TARGET_PRIVATE = 1 << 0, /* mode 0600 when it is made, and no link is followed */
        TARGET_EMPTY = 1 << 1,   /* a file of that name is emptied */
} TargetFlags;

/* Opens for appending and creates, with mode 0666 less the umask unless it is to be private.
 * Negative errno. */
int target_open(const char *path, unsigned flags, Target *ret);
/* One of our own descriptors, which stays its caller's; not to be closed. */
Target target_of_descriptor(int fd);
void target_close(Target *target);
/* Empties the file of that name; nothing there, something else there and no path at all (NULL) are
 * fine. Negative errno. */
int target_clear_path(const char *path);

/* 0, with less than size in *ret_written when it can take no more now; negative errno when it
 * failed after *ret_written bytes. A regular file always takes all or fails. */
int target_write(const Target *target, const void *data, size_t size, size_t *ret_written);
