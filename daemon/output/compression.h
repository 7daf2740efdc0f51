/* Compression: the backups of a log file on their way to FILE.N.gz.
 *
 * A child reads the backup from one descriptor and writes the compressed one to another, and never
 * sees a name: so the file may be rotated on while that goes on. This module finds what is to be
 * compressed and puts the result in its place; who runs the children registers for the requests. */
#pragma once

#include <glib.h>

#include "daemon/output/rotation.h"

typedef struct Compression Compression;

/* Told that there may be a backup of the log file to compress. */
typedef void (*CompressionRequested)(const char *path, const Rotation *rotation, void *userdata);

/* NULL = nobody; then backups stay as they are. */
void compression_set_handler(CompressionRequested handler, void *userdata);
void compression_request(const char *path, const Rotation *rotation);

/* Opens the newest backup that is not compressed, and a temporary file beside it. 0 when there is
 * none; negative errno. */
int compression_new(const char *path, const Rotation *rotation, Compression **ret);
/* Deletes the temporary file if it was not put in place. */
Compression *compression_free(Compression *compression);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Compression, compression_free)

/* What is to run, with the source as stdin and the target as stdout: "gzip". Both descriptors are
 * borrowed. */
const char *compression_program(const Compression *compression);
int compression_source(const Compression *compression);
int compression_target(const Compression *compression);
/* The path of the backup when it was opened. */
const char *compression_path(const Compression *compression);

/* After the program has ended well: the compressed file takes the place of the plain one, wherever
 * that has moved meanwhile. Negative errno; the plain one stays. */
int compression_finish(Compression *compression);
