/* By hand, since a log writes a line of it for each line of a program: json-c would make an object
 * of each, and stops at what is not UTF-8. */

#include "daemon/output/json-text.h"

#include <stdbool.h>
#include <string.h>

static bool is_special(unsigned char byte)
{
        return byte < 0x20 || byte == '"' || byte == '\\' || byte >= 0x80;
}

/* The bytes of the character at data, 0 when there is none. In *ret_wrong, then, how many bytes
 * stand for one wrong character (Unicode: the longest beginning of a valid sequence). */
static size_t character_size(const unsigned char *data, size_t size, size_t *ret_wrong)
{
        /* By the first byte: the size, and the bounds of the second byte. */
        static const struct {
                unsigned char first, last, size, low, high;
        } forms[] = {
                { 0xc2, 0xdf, 2, 0x80, 0xbf },
                { 0xe0, 0xe0, 3, 0xa0, 0xbf },
                { 0xe1, 0xec, 3, 0x80, 0xbf },
                { 0xed, 0xed, 3, 0x80, 0x9f },
                { 0xee, 0xef, 3, 0x80, 0xbf },
                { 0xf0, 0xf0, 4, 0x90, 0xbf },
                { 0xf1, 0xf3, 4, 0x80, 0xbf },
                { 0xf4, 0xf4, 4, 0x80, 0x8f },
        };

        *ret_wrong = 1;
        for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
                if (data[0] < forms[i].first || data[0] > forms[i].last)
                        continue;
                for (size_t k = 1; k < forms[i].size; k++) {
                        unsigned char low = k == 1 ? forms[i].low : 0x80;
                        unsigned char high = k == 1 ? forms[i].high : 0xbf;

                        if (k >= size || data[k] < low || data[k] > high) {
                                *ret_wrong = k;
                                return 0;
                        }
                }
                return forms[i].size;
        }
        return 0;
}

static void append_control(GString *to, unsigned char byte)
{
        static const char digits[] = "0123456789abcdef";
        static const char names[] = "btn\0fr"; /* from 0x08 on */
        char code[] = { '\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15] };

        if (byte >= 0x08 && byte <= 0x0d && names[byte - 0x08]) {
                g_string_append_c(to, '\\');
                g_string_append_c(to, names[byte - 0x08]);
        } else
                g_string_append_len(to, code, sizeof code);
}

/* One character that cannot simply be copied; how many bytes it took. */
static size_t append_special(GString *to, const unsigned char *data, size_t size)
{
        size_t taken, wrong;

        if (data[0] < 0x20) {
                append_control(to, data[0]);
                return 1;
        }
        if (data[0] == '"' || data[0] == '\\') {
                g_string_append_c(to, '\\');
                g_string_append_c(to, data[0]);
                return 1;
        }
        taken = character_size(data, size, &wrong);
        if (taken == 0) {
                g_string_append(to, "\357\277\275");
                return wrong;
        }
        g_string_append_len(to, (const char *)data, taken);
        return taken;
}

void json_text_append(GString *to, const char *data, size_t size)
{
        const unsigned char *bytes = (const unsigned char *)data;
        size_t i = 0;

        while (i < size) {
                size_t plain = i;

                while (plain < size && !is_special(bytes[plain]))
                        plain++;
                g_string_append_len(to, data + i, plain - i);
                i = plain;
                if (i < size)
                        i += append_special(to, bytes + i, size - i);
        }
}
