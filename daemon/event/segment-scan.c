/* The buffer begins small, for those who want a few records, and grows for those who go on. A
 * record can be found again after damage by the key alone, so that looking for one takes a memmem()
 * and not a checksum at each byte. */

#include "daemon/event/segment-scan.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "daemon/event/little-endian.h"

#define FIRST_READ (16 * 1024)
#define MOST_READ  (256 * 1024)

struct SegmentScan {
        int fd;
        uint8_t key[4];
        uint32_t key_number;
        uint64_t begin, until;
        uint8_t *buffer;
        size_t capacity, size;
        uint64_t base;   /* offset in the file of the buffer's begin */
        uint64_t at;     /* where the next record is looked for */
        uint64_t end;    /* of the last record */
        uint64_t judged; /* up to where damage has been counted */
        uint64_t record; /* where the last record begins */
        RecordFacts facts;
        SegmentDamage damage;
};

SegmentScan *segment_scan_new(int fd, uint32_t key, uint64_t from, uint64_t until)
{
        SegmentScan *scan = g_new0(SegmentScan, 1);

        scan->fd = fd;
        scan->key_number = key;
        put_u32(scan->key, key);
        scan->begin = scan->base = scan->at = scan->end = scan->judged = from;
        scan->until = until;
        return scan;
}

SegmentScan *segment_scan_free(SegmentScan *scan)
{
        if (!scan)
                return NULL;
        fd_close(scan->fd);
        g_free(scan->buffer);
        g_free(scan);
        return NULL;
}

const RecordFacts *segment_scan_facts(const SegmentScan *scan)
{
        return &scan->facts;
}

uint64_t segment_scan_offset(const SegmentScan *scan)
{
        return scan->record;
}

Event *segment_scan_event(const SegmentScan *scan)
{
        return record_read(scan->buffer + (scan->record - scan->base), scan->facts.size);
}

uint64_t segment_scan_end(const SegmentScan *scan)
{
        return scan->end;
}

uint64_t segment_scan_passed(const SegmentScan *scan)
{
        return scan->at - scan->begin;
}

const SegmentDamage *segment_scan_damage(const SegmentScan *scan)
{
        return &scan->damage;
}

/* Bytes that are in the buffer from where the next record is looked for. */
static size_t ahead(const SegmentScan *scan)
{
        return scan->base + scan->size - scan->at;
}

static void make_room(SegmentScan *scan, size_t wanted)
{
        size_t capacity = MIN(MAX(scan->capacity * 2, FIRST_READ), MOST_READ), kept = ahead(scan);

        if (kept > 0)
                memmove(scan->buffer, scan->buffer + (scan->at - scan->base), kept);
        scan->base = scan->at;
        scan->size = kept;
        capacity = MAX(capacity, wanted);
        if (capacity > scan->capacity) {
                scan->buffer = g_realloc(scan->buffer, capacity);
                scan->capacity = capacity;
        }
}

/* A file that is shorter than it was ends there. */
static int read_more(SegmentScan *scan)
{
        uint64_t from = scan->base + scan->size;
        size_t room = MIN(scan->capacity - scan->size, scan->until - from);
        ssize_t n;

        do
                n = pread(scan->fd, scan->buffer + scan->size, room, from);
        while (n < 0 && errno == EINTR);
        if (n < 0)
                return -errno;
        if (n == 0)
                scan->until = from;
        scan->size += n;
        return 0;
}

/* Sees to it that so many bytes are ahead. 1 = they are, 0 = there are not as many. */
static int fill(SegmentScan *scan, size_t wanted)
{
        if (ahead(scan) >= wanted)
                return 1;
        if (scan->until - scan->at < wanted)
                return 0;
        make_room(scan, wanted);
        while (ahead(scan) < wanted) {
                int r;

                if (scan->until - scan->at < wanted)
                        return 0;
                r = read_more(scan);
                if (r < 0)
                        return r;
        }
        return 1;
}

static const uint8_t *here(const SegmentScan *scan)
{
        return scan->buffer + (scan->at - scan->base);
}

/* 1 = a record begins here, 0 = none does. */
static int check_here(SegmentScan *scan)
{
        size_t size;
        int r = fill(scan, RECORD_HEAD_BYTES);

        if (r <= 0)
                return r;
        size = record_size(here(scan), scan->key_number);
        if (size == 0)
                return 0;
        r = fill(scan, size);
        if (r <= 0)
                return r;
        return record_check(here(scan), size, scan->key_number, &scan->facts);
}

/* Goes to where the key is next. 1 = it is there, 0 = nowhere. */
static int seek_key(SegmentScan *scan)
{
        int r = fill(scan, RECORD_HEAD_BYTES);

        if (r <= 0)
                return r;
        scan->at++;
        while ((r = fill(scan, RECORD_HEAD_BYTES)) > 0) {
                const uint8_t *found = memmem(here(scan), ahead(scan), scan->key, sizeof scan->key);

                if (found) {
                        scan->at += found - here(scan);
                        return 1;
                }
                scan->at += ahead(scan) - (sizeof scan->key - 1);
        }
        return r;
}

static void note_damage(SegmentScan *scan, uint64_t last_serial, uint64_t serial)
{
        if (scan->damage.bytes == 0)
                scan->damage.after = last_serial;
        scan->damage.bytes += scan->at - scan->judged;
        scan->judged = scan->at;
        scan->damage.before = serial;
}

int segment_scan_next(SegmentScan *scan)
{
        uint64_t last_serial = scan->facts.serial;
        int r = check_here(scan);

        while (r == 0 && scan->at < scan->until) {
                r = seek_key(scan);
                if (r > 0)
                        r = check_here(scan);
                else if (r == 0)
                        scan->at = scan->until;
        }
        if (r < 0)
                return r;
        if (scan->at > scan->judged)
                note_damage(scan, last_serial, r > 0 ? scan->facts.serial : 0);
        if (r == 0)
                return 0;
        scan->record = scan->at;
        scan->at = scan->end = scan->judged = scan->at + scan->facts.size;
        return 1;
}
