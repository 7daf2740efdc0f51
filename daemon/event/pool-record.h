/* Pool record: what a file of a listener pool is made of: where the pool is in the event log, and
 * its dead letters, as steps one after the other.
 *
 * Each record has its length and a checksum. A file begins with the name of its pool; a later step
 * replaces what an earlier one said, so reading all of them gives how it was in the end. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "daemon/event/cursor.h"
#include "daemon/event/dead-letters.h"

/* Each appends one record. */
void pool_record_append_name(GByteArray *bytes, const char *pool);
void pool_record_append_cursor(GByteArray *bytes, const Cursor *cursor);
/* False, and nothing is appended, when the event is too long for it. */
bool pool_record_append_letter(GByteArray *bytes, const DeadLetter *letter);
void pool_record_append_retry(GByteArray *bytes, uint64_t serial);
void pool_record_append_drop(GByteArray *bytes, uint64_t serial);

/* How the records go on where reading them ended. */
typedef enum PoolRecordEnd {
        POOL_RECORD_END_CLEAN,
        POOL_RECORD_END_TORN,    /* the last one was not written to its end */
        POOL_RECORD_END_DAMAGED, /* by others, or by a disk */
        POOL_RECORD_END_UNKNOWN, /* a later version made them */
} PoolRecordEnd;

typedef struct PoolImage {
        char *pool;           /* NULL = the first record does not say it */
        Cursor *cursor;       /* with the letters behind it as given up; NULL = none is there */
        DeadLetters *letters; /* under the name "" */
        PoolRecordEnd end;
        size_t size; /* of the records that were read */
} PoolImage;

/* Whatever the bytes are. */
PoolImage *pool_image_read(const uint8_t *bytes, size_t size);
PoolImage *pool_image_free(PoolImage *image);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PoolImage, pool_image_free)
