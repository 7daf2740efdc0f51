/* Lines that are whole in a piece of the stream are handed on from there; only what is cut is
 * copied. */

#include "daemon/output/lines.h"

#include <stdbool.h>
#include <string.h>

struct Lines {
        size_t max_bytes;
        LineHandler handler;
        void *userdata;
        GString *begun; /* at most one byte more than the bound */
};

Lines *lines_new(size_t max_bytes, LineHandler handler, void *userdata)
{
        Lines *lines = g_new0(Lines, 1);

        g_assert(max_bytes >= 4);
        lines->max_bytes = max_bytes;
        lines->handler = handler;
        lines->userdata = userdata;
        lines->begun = g_string_new(NULL);
        return lines;
}

Lines *lines_free(Lines *lines)
{
        if (!lines)
                return NULL;
        g_string_free(lines->begun, true);
        g_free(lines);
        return NULL;
}

/* Hands on the first bytes of what has begun. */
static void hand_on(Lines *lines, size_t size)
{
        lines->handler(lines->begun->str, size, lines->userdata);
        g_string_erase(lines->begun, 0, size);
}

/* Where to cut: before the bytes of a character that goes on beyond the bound. */
static size_t find_cut(const char *line, size_t max)
{
        for (size_t back = 0; back < 4; back++)
                if ((line[max - back] & 0xc0) != 0x80)
                        return max - back;
        return max;
}

/* Adds to what has begun, at most up to the end of the line or to the bound; how many bytes. */
static size_t add(Lines *lines, const char *data, size_t size)
{
        GString *begun = lines->begun;
        size_t room = MIN(size, lines->max_bytes + 1 - begun->len);
        const char *end = memchr(data, '\n', room);
        size_t added = end ? (size_t)(end + 1 - data) : room;

        g_string_append_len(begun, data, added);
        if (end)
                hand_on(lines, begun->len);
        else if (begun->len > lines->max_bytes)
                hand_on(lines, find_cut(begun->str, lines->max_bytes));
        return added;
}

void lines_push(Lines *lines, const char *data, size_t size)
{
        while (size > 0) {
                const char *end = NULL;
                size_t done;

                if (lines->begun->len == 0)
                        end = memchr(data, '\n', MIN(size, lines->max_bytes + 1));
                if (end) {
                        done = end + 1 - data;
                        lines->handler(data, done, lines->userdata);
                } else
                        done = add(lines, data, size);
                data += done;
                size -= done;
        }
}

void lines_end(Lines *lines)
{
        if (lines->begun->len > 0)
                hand_on(lines, lines->begun->len);
}
