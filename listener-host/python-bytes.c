/* GLib's check of UTF-8 agrees with Python's but for zero bytes, which it takes for an end. */

#include "listener-host/python-bytes.h"

#include <string.h>

bool python_bytes_is_text(const char *data, size_t size)
{
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
