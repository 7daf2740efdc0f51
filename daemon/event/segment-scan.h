/* Segment scan: the records of a stretch of a file of the event log, in the order in which they
 * lie. What is damaged is passed over up to the next record. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "daemon/event/record.h"

typedef struct SegmentScan SegmentScan;

/* What was passed over, all in all. */
typedef struct SegmentDamage {
        uint64_t bytes;
        uint64_t after;  /* serial of the last record before the first damage; 0 = it came first */
        uint64_t before; /* of the first record behind the last damage; 0 = there was none */
} SegmentDamage;

/* From one offset to the other. Takes over the descriptor. */
SegmentScan *segment_scan_new(int fd, uint32_t key, uint64_t from, uint64_t until);
SegmentScan *segment_scan_free(SegmentScan *scan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SegmentScan, segment_scan_free)

/* Of the record that segment_scan_next() came to. */
const RecordFacts *segment_scan_facts(const SegmentScan *scan);
uint64_t segment_scan_offset(const SegmentScan *scan);
/* NULL when it is whole and yet no event. */
Event *segment_scan_event(const SegmentScan *scan);

/* Where the last record ends. */
uint64_t segment_scan_end(const SegmentScan *scan);
/* Bytes that were gone through. */
uint64_t segment_scan_passed(const SegmentScan *scan);
const SegmentDamage *segment_scan_damage(const SegmentScan *scan);

/* 1 = there is a record, 0 = there is none any more, negative errno. */
int segment_scan_next(SegmentScan *scan);
