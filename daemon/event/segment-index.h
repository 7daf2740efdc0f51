/* Segment index: what is in a file of the event log, as a whole and in blocks of 64 KiB, so that a
 * serial, a time or a type is found without reading all of it.
 *
 * Grows with the file, and is written behind the records when the file is complete. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "daemon/event/record.h"

#define SEGMENT_BLOCK_BYTES (64 * 1024)

/* Of some records that follow one another; empty where last_serial is below first_serial. */
typedef struct SegmentExtent {
        uint64_t begin, end; /* offsets in the file */
        uint64_t first_serial, last_serial;
        uint64_t max_usec; /* CLOCK_REALTIME of the latest; clocks may go back */
        EventTypeSet types;
} SegmentExtent;

typedef struct SegmentIndex {
        SegmentExtent whole;
        GArray *blocks; /* of SegmentExtent */
} SegmentIndex;

/* Of a file whose records are to begin at this offset, with this serial or a later one. */
SegmentIndex *segment_index_new(uint64_t begin, uint64_t first_serial);
SegmentIndex *segment_index_free(SegmentIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SegmentIndex, segment_index_free)

/* The next record, which is at this offset. */
void segment_index_note(SegmentIndex *index, uint64_t offset, const RecordFacts *facts);

/* What has to be read for records with a serial above `after` that are of these types: one block,
 * and those behind it up to the first that has none of them. False when there is nothing. The first
 * serial may be below. */
bool segment_index_find(
                const SegmentIndex *index, uint64_t after, EventTypeSet types, SegmentExtent *ret);
/* Likewise for the first record of this CLOCK_REALTIME or later. */
bool segment_index_find_time(const SegmentIndex *index, uint64_t usec, SegmentExtent *ret);

/* Appends it as bytes. */
void segment_index_append(const SegmentIndex *index, GByteArray *bytes);
/* NULL when these bytes are no index. */
SegmentIndex *segment_index_read(const uint8_t *bytes, size_t size);
