/* GLib's check of UTF-8 agrees with Python's but for zero bytes, which it takes for an end. Nearly
 * all that is ever looked at is ASCII, so that goes by eight bytes at a time. */

#include "listener-host/python-bytes.h"

#include <stdint.h>
#include <string.h>

#define WORD_BYTES sizeof(uint64_t)

static bool is_ascii_word(const char *data)
{
        uint64_t word;

        memcpy(&word, data, WORD_BYTES);
        return !(word & UINT64_C(0x8080808080808080));
}

bool python_bytes_is_text(const char *data, size_t size)
{
        while (size >= WORD_BYTES && is_ascii_word(data)) {
                data += WORD_BYTES;
                size -= WORD_BYTES;
        }
        while (size > 0) {
                size_t piece = strnlen(data, size);

                if (piece > 0 && !g_utf8_validate(data, piece, NULL))
                        return false;
                /* And the zero byte. */
                if (piece < size)
                        piece++;
                data += piece;
                size -= piece;
        }
        return true;
}

size_t python_bytes_n_characters(const char *data, size_t size)
{
        size_t n = 0, i = 0;

        while (i < size)
                if (size - i >= WORD_BYTES && is_ascii_word(data + i)) {
                        n += WORD_BYTES;
                        i += WORD_BYTES;
                } else {
                        n += (data[i] & 0xc0) != 0x80;
                        i++;
                }
        return n;
}

static void append_byte(GString *to, unsigned char byte, char quote)
{
        if (byte == '\t')
                g_string_append(to, "\\t");
        else if (byte == '\n')
                g_string_append(to, "\\n");
        else if (byte == '\r')
                g_string_append(to, "\\r");
        else if (byte == '\\' || byte == (unsigned char)quote)
                g_string_append_printf(to, "\\%c", byte);
        else if (byte < 0x20 || byte >= 0x7f)
                g_string_append_printf(to, "\\x%02x", byte);
        else
                g_string_append_c(to, byte);
}

void python_bytes_append(GString *to, const char *data, size_t size)
{
        bool has_single = size > 0 && memchr(data, '\'', size);
        bool has_double = size > 0 && memchr(data, '"', size);
        char quote = has_single && !has_double ? '"' : '\'';

        g_string_append_printf(to, "b%c", quote);
        for (size_t i = 0; i < size; i++)
                append_byte(to, data[i], quote);
        g_string_append_c(to, quote);
}
