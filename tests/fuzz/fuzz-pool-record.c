/* The file of a listener pool: whatever is in it, what is read makes sense, and is the same when it
 * is written and read once more.
 *
 * Checksums would keep the fuzzer out, so records are made of the input: a byte for the length of
 * the next one, and so many bytes; unless the first byte is odd, then the rest is the file. */

#include "tests/fuzz/driver.h"

#include <string.h>

#include <zlib.h>

#include "daemon/event/little-endian.h"
#include "daemon/event/pool-record.h"

static void append_framed(GByteArray *file, const uint8_t *data, size_t size)
{
        uint8_t head[8];

        put_u32(head, size);
        put_u32(head + 4, crc32(crc32(0, head, 4), data, size));
        g_byte_array_append(file, head, sizeof head);
        g_byte_array_append(file, data, size);
}

static GByteArray *make_file(const uint8_t *data, size_t size)
{
        GByteArray *file = g_byte_array_new();

        if (data[0] % 2 == 1) {
                g_byte_array_append(file, data + 1, size - 1);
                return file;
        }
        for (size_t at = 1; at < size;) {
                size_t length = MIN(data[at], size - at - 1);

                append_framed(file, data + at + 1, length);
                at += 1 + length;
        }
        return file;
}

static GByteArray *write_again(const PoolImage *image)
{
        GByteArray *file = g_byte_array_new();
        const DeadLetter *letter;

        pool_record_append_name(file, image->pool);
        if (image->cursor)
                pool_record_append_cursor(file, image->cursor);
        for (unsigned i = 0; (letter = dead_letters_at(image->letters, "", i)); i++)
                g_assert_true(pool_record_append_letter(file, letter));
        return file;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(GByteArray) file = NULL;
        g_autoptr(GByteArray) again = NULL;
        g_autoptr(PoolImage) image = NULL;
        g_autoptr(PoolImage) reread = NULL;

        if (size < 1)
                return 0;
        file = make_file(data, size);
        image = pool_image_read(file->data, file->len);
        g_assert_cmpuint(image->size, <=, file->len);
        if (!image->pool)
                return 0;
        again = write_again(image);
        reread = pool_image_read(again->data, again->len);
        g_assert_cmpint(reread->end, ==, POOL_RECORD_END_CLEAN);
        g_assert_cmpstr(reread->pool, ==, image->pool);
        g_assert_cmpuint(dead_letters_count(reread->letters, ""), ==,
                        dead_letters_count(image->letters, ""));
        g_assert_true(!reread->cursor == !image->cursor);
        if (image->cursor)
                g_assert_cmpuint(reread->cursor->serial, ==, image->cursor->serial);
        return 0;
}
