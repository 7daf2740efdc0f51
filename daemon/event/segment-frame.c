/* The tail is found from the end of the file, and no data of an event can be taken for one: its
 * checksum begins with the key. */

#include "daemon/event/segment-frame.h"

#include <errno.h>
#include <string.h>

#include <zlib.h>

#include "bus/read-whole.h"
#include "daemon/event/little-endian.h"

#define VERSION 1
/* The head: magic, version, run, first serial, key, zeros for what is added later, checksum. */
#define HEAD_SUM_AT (SEGMENT_HEAD_BYTES - 4)
/* The tail: the index, its length, checksum, magic. */
#define TRAILER_BYTES   16
#define TAIL_BYTES_MOST (16 * 1024 * 1024)

/* Not text, and broken by what translates line ends. */
static const uint8_t head_magic[8] = { 0x89, 'B', 'V', 'L', 'O', 'G', '\r', '\n' };
static const uint8_t tail_magic[8] = { 0x89, 'B', 'V', 'E', 'N', 'D', '\r', '\n' };

void segment_head_append(const SegmentHead *head, GByteArray *bytes)
{
        uint8_t raw[SEGMENT_HEAD_BYTES] = { 0 };

        memcpy(raw, head_magic, sizeof head_magic);
        put_u32(raw + 8, VERSION);
        memcpy(raw + 12, head->run_id.bytes, sizeof head->run_id.bytes);
        put_u64(raw + 28, head->first_serial);
        put_u32(raw + 36, head->key);
        put_u32(raw + HEAD_SUM_AT, crc32(0, raw, HEAD_SUM_AT));
        g_byte_array_append(bytes, raw, sizeof raw);
}

/* Exactly so many bytes; -ENODATA when there are fewer. */
static int read_at(int fd, void *buffer, size_t size, uint64_t offset)
{
        ssize_t n = read_whole_at(fd, buffer, size, offset);

        if (n < 0)
                return n;
        return (size_t)n < size ? -ENODATA : 0;
}

int segment_head_read(int fd, SegmentHead *ret)
{
        uint8_t raw[SEGMENT_HEAD_BYTES];
        int r = read_at(fd, raw, sizeof raw, 0);

        if (r < 0)
                return r;
        if (memcmp(raw, head_magic, sizeof head_magic) != 0)
                return -EBADMSG;
        if (get_u32(raw + 8) > VERSION)
                return -EPROTONOSUPPORT;
        if (get_u32(raw + HEAD_SUM_AT) != crc32(0, raw, HEAD_SUM_AT) || get_u64(raw + 28) == 0)
                return -EBADMSG;
        memcpy(ret->run_id.bytes, raw + 12, sizeof ret->run_id.bytes);
        ret->first_serial = get_u64(raw + 28);
        ret->key = get_u32(raw + 36);
        return 0;
}

void segment_tail_append(const SegmentIndex *index, uint32_t key, GByteArray *bytes)
{
        const guint begin = bytes->len;
        uint8_t trailer[TRAILER_BYTES];

        segment_index_append(index, bytes);
        put_u32(trailer, bytes->len - begin);
        put_u32(trailer + 4, crc32(key, bytes->data + begin, bytes->len - begin));
        memcpy(trailer + 8, tail_magic, sizeof tail_magic);
        g_byte_array_append(bytes, trailer, sizeof trailer);
}

int segment_tail_read(int fd, uint64_t size, uint32_t key, SegmentIndex **ret)
{
        g_autofree uint8_t *bytes = NULL;
        g_autoptr(SegmentIndex) index = NULL;
        uint8_t trailer[TRAILER_BYTES];
        uint64_t end;
        uint32_t length;
        int r;

        if (size < SEGMENT_HEAD_BYTES + TRAILER_BYTES)
                return 0;
        end = size - TRAILER_BYTES;
        r = read_at(fd, trailer, sizeof trailer, end);
        if (r < 0)
                return r;
        length = get_u32(trailer);
        if (memcmp(trailer + 8, tail_magic, sizeof tail_magic) != 0 || length > TAIL_BYTES_MOST ||
                        length > end - SEGMENT_HEAD_BYTES)
                return 0;
        bytes = g_malloc(length);
        r = read_at(fd, bytes, length, end - length);
        if (r < 0)
                return r;
        if (get_u32(trailer + 4) != crc32(key, bytes, length))
                return 0;
        index = segment_index_read(bytes, length);
        if (!index || index->whole.end > end - length)
                return 0;
        *ret = g_steal_pointer(&index);
        return 1;
}
