/* GLib's own idea of a blank differs from Python's at the edges (the information separators, the
 * next-line character), and a continuation line hangs on exactly that, so it is spelled out here.
 */

#include "daemon/config/text.h"

#include <string.h>

#define MAX_WORD 64 /* longer words are compared no further */

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

size_t text_distance(const char *from, const char *to)
{
        size_t from_length = strlen(from), to_length = strlen(to);
        size_t row[MAX_WORD + 1];

        if (from_length > MAX_WORD || to_length > MAX_WORD)
                return MAX_WORD;
        for (size_t j = 0; j <= to_length; j++)
                row[j] = j;
        for (size_t i = 1; i <= from_length; i++) {
                size_t diagonal = row[0];

                row[0] = i;
                for (size_t j = 1; j <= to_length; j++) {
                        size_t changed = diagonal + (from[i - 1] != to[j - 1]);

                        diagonal = row[j];
                        row[j] = MIN(changed, MIN(row[j], row[j - 1]) + 1);
                }
        }
        return row[to_length];
}

bool text_is_word(const char *text, const char *word)
{
        return g_ascii_strcasecmp(text, word) == 0;
}
