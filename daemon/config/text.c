/* GLib's own idea of a blank differs from Python's at the edges (the information separators, the
 * next-line character), and a continuation line hangs on exactly that, so it is spelled out here.
 */

#include "daemon/config/text.h"

#include <string.h>

bool text_is_blank(gunichar character)
{
        return (character >= 0x09 && character <= 0x0d) ||
               (character >= 0x1c && character <= 0x20) || character == 0x85 || character == 0xa0 ||
               character == 0x1680 || (character >= 0x2000 && character <= 0x200a) ||
               character == 0x2028 || character == 0x2029 || character == 0x202f ||
               character == 0x205f || character == 0x3000;
}

const char *text_skip_blanks(const char *text)
{
        while (*text && text_is_blank(g_utf8_get_char(text)))
                text = g_utf8_next_char(text);
        return text;
}

static size_t length_without_end_blanks(const char *text, size_t length)
{
        while (length > 0) {
                const char *last = g_utf8_prev_char(text + length);

                if (!text_is_blank(g_utf8_get_char(last)))
                        break;
                length = last - text;
        }
        return length;
}

const char *text_end(const char *text)
{
        return text + length_without_end_blanks(text, strlen(text));
}

char *text_strip(const char *text)
{
        const char *start = text_skip_blanks(text);
        size_t length = text_end(start) - start;
        char *copy = g_malloc(length + 1);

        memcpy(copy, start, length);
        copy[length] = '\0';
        return copy;
}

void text_strip_end(GString *text)
{
        g_string_truncate(text, length_without_end_blanks(text->str, text->len));
}

char **text_split_list(const char *text)
{
        char **items = g_strsplit(text, ",", -1);

        for (char **item = items; *item; item++) {
                char *stripped = text_strip(*item);

                g_free(*item);
                *item = stripped;
        }
        return items;
}

bool text_is_word(const char *text, const char *word)
{
        return g_ascii_strcasecmp(text, word) == 0;
}
