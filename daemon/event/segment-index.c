/* Blocks are looked at from where the serial is, one after the other: they are some hundreds at
 * most, and a look costs far less than what it may save. */

#include "daemon/event/segment-index.h"

#include "daemon/event/little-endian.h"

#define EXTENT_BYTES 44 /* in the file */

SegmentIndex *segment_index_new(uint64_t begin, uint64_t first_serial)
{
        SegmentIndex *index = g_new0(SegmentIndex, 1);

        index->whole.begin = index->whole.end = begin;
        index->whole.first_serial = first_serial;
        index->whole.last_serial = first_serial - 1;
        index->blocks = g_array_new(false, false, sizeof(SegmentExtent));
        return index;
}

SegmentIndex *segment_index_free(SegmentIndex *index)
{
        if (!index)
                return NULL;
        g_array_unref(index->blocks);
        g_free(index);
        return NULL;
}

static SegmentExtent *block(const SegmentIndex *index, guint i)
{
        return &g_array_index(index->blocks, SegmentExtent, i);
}

static void extend(SegmentExtent *extent, uint64_t end, const RecordFacts *facts)
{
        extent->end = end;
        extent->last_serial = facts->serial;
        extent->max_usec = MAX(extent->max_usec, facts->realtime_usec);
        extent->types |= event_type_bit(facts->type);
}

void segment_index_note(SegmentIndex *index, uint64_t offset, const RecordFacts *facts)
{
        guint n = index->blocks->len;

        if (n == 0 || offset >= block(index, n - 1)->begin + SEGMENT_BLOCK_BYTES) {
                SegmentExtent begun = { .begin = offset, .first_serial = facts->serial };

                g_array_append_val(index->blocks, begun);
                n++;
        }
        extend(block(index, n - 1), offset + facts->size, facts);
        extend(&index->whole, offset + facts->size, facts);
}

/* The first block that ends above the serial. */
static guint find_serial(const SegmentIndex *index, uint64_t after)
{
        guint low = 0, high = index->blocks->len;

        while (low < high) {
                guint middle = (low + high) / 2;

                if (block(index, middle)->last_serial > after)
                        high = middle;
                else
                        low = middle + 1;
        }
        return low;
}

static bool has(const SegmentIndex *index, guint i, EventTypeSet types)
{
        return i < index->blocks->len && (block(index, i)->types & types);
}

bool segment_index_find(
                const SegmentIndex *index, uint64_t after, EventTypeSet types, SegmentExtent *ret)
{
        guint i = find_serial(index, after);

        while (i < index->blocks->len && !has(index, i, types))
                i++;
        if (i == index->blocks->len)
                return false;
        *ret = *block(index, i);
        while (has(index, ++i, types)) {
                const SegmentExtent *next = block(index, i);

                ret->end = next->end;
                ret->last_serial = next->last_serial;
                ret->max_usec = MAX(ret->max_usec, next->max_usec);
                ret->types |= next->types;
        }
        return true;
}

bool segment_index_find_time(const SegmentIndex *index, uint64_t usec, SegmentExtent *ret)
{
        for (guint i = 0; i < index->blocks->len; i++)
                if (block(index, i)->max_usec >= usec) {
                        *ret = *block(index, i);
                        return true;
                }
        return false;
}

static void append_extent(const SegmentExtent *extent, GByteArray *bytes)
{
        uint8_t raw[EXTENT_BYTES];

        put_u64(raw, extent->begin);
        put_u64(raw + 8, extent->end);
        put_u64(raw + 16, extent->first_serial);
        put_u64(raw + 24, extent->last_serial);
        put_u64(raw + 32, extent->max_usec);
        put_u32(raw + 40, extent->types);
        g_byte_array_append(bytes, raw, sizeof raw);
}

static SegmentExtent read_extent(const uint8_t *raw)
{
        return (SegmentExtent){
                .begin = get_u64(raw),
                .end = get_u64(raw + 8),
                .first_serial = get_u64(raw + 16),
                .last_serial = get_u64(raw + 24),
                .max_usec = get_u64(raw + 32),
                .types = get_u32(raw + 40),
        };
}

void segment_index_append(const SegmentIndex *index, GByteArray *bytes)
{
        append_extent(&index->whole, bytes);
        for (guint i = 0; i < index->blocks->len; i++)
                append_extent(block(index, i), bytes);
}

/* Blocks follow one another within the whole, and so do their serials. */
static bool is_sound(const SegmentIndex *index)
{
        uint64_t end = index->whole.begin, next = index->whole.first_serial;

        if (end > index->whole.end || next == 0 || index->whole.last_serial < next - 1)
                return false;
        for (guint i = 0; i < index->blocks->len; i++) {
                const SegmentExtent *extent = block(index, i);

                if (extent->begin < end || extent->end <= extent->begin ||
                                extent->first_serial < next ||
                                extent->last_serial < extent->first_serial ||
                                extent->last_serial == UINT64_MAX)
                        return false;
                end = extent->end;
                next = extent->last_serial + 1;
        }
        return end <= index->whole.end && next == index->whole.last_serial + 1;
}

SegmentIndex *segment_index_read(const uint8_t *bytes, size_t size)
{
        g_autoptr(SegmentIndex) index = NULL;

        if (size < EXTENT_BYTES || size % EXTENT_BYTES != 0)
                return NULL;
        index = segment_index_new(0, 1);
        index->whole = read_extent(bytes);
        for (size_t at = EXTENT_BYTES; at < size; at += EXTENT_BYTES) {
                SegmentExtent extent = read_extent(bytes + at);

                g_array_append_val(index->blocks, extent);
        }
        return is_sound(index) ? g_steal_pointer(&index) : NULL;
}
