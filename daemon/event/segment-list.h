/* Segment list: the files of the event log in their folder, oldest first.
 *
 * What cannot be used stays where it is, and is told in the main log: files of others, of later
 * versions, and what is damaged or cannot be read. */
#pragma once

#include "daemon/event/segment.h"

typedef struct SegmentList SegmentList;

SegmentList *segment_list_new(void);
SegmentList *segment_list_free(SegmentList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SegmentList, segment_list_free)

/* What is in the folder, instead of what was in the list. repair: see segment_open(). */
void segment_list_load(SegmentList *list, const char *folder, bool repair);

size_t segment_list_count(const SegmentList *list);
/* Of all files, in bytes. */
uint64_t segment_list_size(const SegmentList *list);
/* NULL when there is none. */
Segment *segment_list_oldest(const SegmentList *list);
/* Serial of the first event; that of the next one when there is none. */
uint64_t segment_list_first_serial(const SegmentList *list);
/* Above all that was ever in the list or in files that cannot be read; 1 at first. */
uint64_t segment_list_next_serial(const SegmentList *list);

/* Behind the last event of the newest file that is in the list; 0 when there is none. */
uint64_t segment_list_end(const SegmentList *list);

/* Takes over the newest. One of the same name that has no events goes: its file was replaced. */
void segment_list_add(SegmentList *list, Segment *segment);
/* Takes out the newest again. */
Segment *segment_list_take_newest(SegmentList *list);
/* Removes the file, too. */
int segment_list_drop_oldest(SegmentList *list);

/* What a reader gets: records, and whose they are. */
typedef struct SegmentStretch {
        SegmentScan *scan;
        uint64_t last_serial;    /* that comes in it */
        uint64_t segment_serial; /* the first of the file */
        sd_id128_t run_id;
} SegmentStretch;

/* The next records with a serial above `after` that may be of these types, as segment_read(). False
 * when there are none. */
bool segment_list_read(SegmentList *list, uint64_t after, EventTypeSet types, SegmentStretch *ret);
/* Where the events above `after` and below `until` are not all there: the serial behind the last of
 * those that are missing. 0 when all are there. */
uint64_t segment_list_find_gap(const SegmentList *list, uint64_t after, uint64_t until);
/* Closes the scan. Damage that was come across is told once. */
void segment_list_close(SegmentList *list, SegmentStretch *stretch);

/* Where a record of a file ends. */
typedef struct SegmentPosition {
        uint64_t serial; /* of the record */
        uint64_t segment_serial, offset;
} SegmentPosition;

/* Somebody is likely to read on from there. */
void segment_list_note_position(SegmentList *list, const SegmentPosition *position);
/* The scan failed with this errno: the list does without the file from now on. */
void segment_list_give_up(SegmentList *list, const SegmentStretch *stretch, int r);
/* Serial of the first event of this CLOCK_REALTIME or later; 0 when there is none. */
uint64_t segment_list_find_time(SegmentList *list, uint64_t usec);
