/* Files of the event log, after whatever may have happened to them: reading ends, stays within the
 * file, and what it makes of a record is an event that can be written again.
 *
 * The first byte says what the others are: the body of a record, changes of a good file (offset,
 * offset, byte), or a file. */

#include "tests/fuzz/driver.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <zlib.h>

#include "daemon/event/little-endian.h"
#include "daemon/event/segment-frame.h"
#include "daemon/event/segment-scan.h"

#define KEY 0x89abcdefu

static GByteArray *good_file(void)
{
        const SegmentHead head = { .first_serial = 1, .key = KEY };
        GByteArray *bytes = g_byte_array_new();
        g_autoptr(SegmentIndex) index = segment_index_new(SEGMENT_HEAD_BYTES, 1);

        segment_head_append(&head, bytes);
        for (uint64_t serial = 1; serial <= 4; serial++) {
                g_autoptr(Event) event = event_new_remote("type", "data", serial);
                RecordFacts facts = { .serial = serial, .type = event->type };
                guint begin = bytes->len;

                event->serial = serial;
                g_assert_true(record_append(bytes, event, KEY));
                facts.size = bytes->len - begin;
                segment_index_note(index, begin, &facts);
        }
        segment_tail_append(index, KEY, bytes);
        return bytes;
}

/* Reads it, writes what it is, and reads that: the same. */
static void check_event(const Event *event)
{
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        g_autoptr(GByteArray) bytes_again = g_byte_array_new();
        g_autoptr(Event) again = NULL;
        RecordFacts facts;

        g_assert_true(record_append(bytes, event, KEY));
        g_assert_cmpuint(record_size(bytes->data, KEY), ==, bytes->len);
        g_assert_true(record_check(bytes->data, bytes->len, KEY, &facts));
        again = record_read(bytes->data, bytes->len);
        g_assert_nonnull(again);
        g_assert_true(record_append(bytes_again, again, KEY));
        g_assert_cmpmem(bytes->data, bytes->len, bytes_again->data, bytes_again->len);
}

static void try_body(const uint8_t *body, size_t size)
{
        g_autofree uint8_t *record = g_malloc(RECORD_HEAD_BYTES + size);
        g_autoptr(Event) event = NULL;
        RecordFacts facts;

        put_u32(record, KEY);
        put_u32(record + 4, size);
        memcpy(record + RECORD_HEAD_BYTES, body, size);
        put_u32(record + 8, crc32(crc32(KEY, record + 4, 4), body, size));
        if (record_size(record, KEY) == 0 ||
                        !record_check(record, RECORD_HEAD_BYTES + size, KEY, &facts))
                return;
        event = record_read(record, RECORD_HEAD_BYTES + size);
        if (event)
                check_event(event);
}

static void scan_all(int fd, uint32_t key, uint64_t from, uint64_t until, uint64_t size)
{
        g_autoptr(SegmentScan) scan = segment_scan_new(dup(fd), key, from, until);

        while (segment_scan_next(scan) > 0) {
                g_autoptr(Event) event = segment_scan_event(scan);

                g_assert_cmpuint(segment_scan_end(scan), <=, size);
                if (event)
                        check_event(event);
        }
        g_assert_cmpuint(segment_scan_damage(scan)->bytes, <=, size);
}

static void try_file(const uint8_t *bytes, size_t size)
{
        g_autoptr(SegmentIndex) index = NULL;
        SegmentHead head = { .key = KEY };
        SegmentExtent found;
        int fd = memfd_create("segment", MFD_CLOEXEC);

        g_assert_cmpint(fd, >=, 0);
        g_assert_cmpint(write(fd, bytes, size), ==, size);
        (void)segment_head_read(fd, &head);
        if (size > SEGMENT_HEAD_BYTES)
                scan_all(fd, head.key, SEGMENT_HEAD_BYTES, size, size);
        if (segment_tail_read(fd, size, head.key, &index) > 0 &&
                        segment_index_find(index, 0, UINT32_MAX, &found))
                scan_all(fd, head.key, found.begin, found.end, size);
        close(fd);
}

static void try_changes(const uint8_t *changes, size_t size)
{
        g_autoptr(GByteArray) file = good_file();

        for (; size >= 3; changes += 3, size -= 3)
                file->data[(changes[0] << 8 | changes[1]) % file->len] = changes[2];
        try_file(file->data, file->len - MIN(file->len, size > 0 ? changes[0] : 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        if (size == 0)
                return 0;
        switch (data[0] % 3) {
        case 0:
                try_body(data + 1, size - 1);
                break;
        case 1:
                try_changes(data + 1, size - 1);
                break;
        case 2:
                try_file(data + 1, size - 1);
                break;
        }
        return 0;
}
