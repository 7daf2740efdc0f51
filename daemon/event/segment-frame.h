/* Segment frame: what stands around the records of a file of the event log: a head that tells the
 * run, and at the end of a file that is complete its index. */
#pragma once

#include <stdint.h>

#include <systemd/sd-id128.h>

#include "daemon/event/segment-index.h"

#define SEGMENT_HEAD_BYTES 64

typedef struct SegmentHead {
        sd_id128_t run_id;     /* of the daemon */
        uint64_t first_serial; /* or a later one */
        uint32_t key;          /* of the records */
} SegmentHead;

void segment_head_append(const SegmentHead *head, GByteArray *bytes);
/* -EPROTONOSUPPORT for a file of a later version, -EBADMSG when the head is damaged or none of
 * ours, -ENODATA when the file is too short for one. */
int segment_head_read(int fd, SegmentHead *ret);

void segment_tail_append(const SegmentIndex *index, uint32_t key, GByteArray *bytes);
/* 1 with the index, 0 when the file of this size does not end with one. */
int segment_tail_read(int fd, uint64_t size, uint32_t key, SegmentIndex **ret);
