/* Segment: one file of the event log. It is written by one run of the daemon, and complete when its
 * index stands at its end; one that a crash has left is completed when it is opened. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "daemon/event/segment-frame.h"
#include "daemon/event/segment-scan.h"

typedef struct Segment Segment;

/* Names are FIRST-SERIAL.events, in 20 digits, so that they sort. False when it is none. */
bool segment_parse_name(const char *name, uint64_t *ret_first_serial);
/* What a crash may leave of one that was just being made. */
bool segment_is_temporary(const char *name);

/* A new one, for writing; the key of the head is chosen here. sync: name and head are on the disk
 * when it returns. A file of the same serial is replaced. */
int segment_create(const char *folder, const SegmentHead *head, bool sync, Segment **ret);
/* One that is there. repair: what a crash has left is completed, where the disk allows it. What was
 * found damaged on this way is told. -EPROTONOSUPPORT, -EBADMSG and -ENODATA as
 * segment_head_read(). */
int segment_open(const char *path, bool repair, Segment **ret, SegmentDamage *ret_damage);
/* What has not been written is lost. */
Segment *segment_free(Segment *segment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Segment, segment_free)

const char *segment_path(const Segment *segment);
const SegmentHead *segment_head(const Segment *segment);
/* Of all its records, those included that have not been written. */
const SegmentExtent *segment_extent(const Segment *segment);
bool segment_is_empty(const Segment *segment);
/* Of the file, when all has been written. */
uint64_t segment_size(const Segment *segment);
/* That have not been written. */
size_t segment_unwritten(const Segment *segment);
/* Is it being written? */
bool segment_is_open(const Segment *segment);
/* Is the file of one that is being written still in its folder? */
bool segment_is_there(const Segment *segment);

/* Reads what has been written: records from the first block that has serials above `after` and
 * these types, up to a block without them; *ret_last is the serial that comes last in it. hint: an
 * offset where the first record above `after` is known to begin, 0 = it is not known. 1 with a
 * scan, 0 when there is nothing. */
int segment_read(const Segment *segment, uint64_t after, EventTypeSet types, uint64_t hint,
                SegmentScan **ret, uint64_t *ret_last);
/* Likewise from the block of the first record of this CLOCK_REALTIME or later. */
int segment_read_time(const Segment *segment, uint64_t usec, SegmentScan **ret);

/* Of one that was created; nothing is written before segment_write(). False when the event is too
 * long for a record. */
bool segment_append(Segment *segment, const Event *event);
/* Writes what has been appended. On failure the file is as it was before. */
int segment_write(Segment *segment);
int segment_sync(Segment *segment);
/* Writes the index, too; there is no appending after that. */
int segment_complete(Segment *segment);
