/* The rules are Python's: a token has exactly one colon, the last one of a name counts. */

#include "listener-host/labelled-lines.h"

#include <string.h>

#include "listener-host/python-bytes.h"

struct LabelledLines {
        GBytes *result;
        const char *at; /* in the result: the rest of the data; NULL when there is none */
        const char *end;
        char *label;
};

/* As str.split() has it, for ASCII. */
static bool is_blank(char c)
{
        return c == ' ' || (c >= '\t' && c <= '\r') || (c >= '\x1c' && c <= '\x1f');
}

/* The next token from *at on; false when there is none. */
static bool next_token(const char **at, const char *end, const char **ret_token, size_t *ret_size)
{
        const char *begin = *at;

        while (begin < end && is_blank(*begin))
                begin++;
        *at = begin;
        while (*at < end && !is_blank(**at))
                (*at)++;
        *ret_token = begin;
        *ret_size = *at - begin;
        return *at > begin;
}

/* Is it the token of this name? Then *value is a copy of what stands behind the colon. */
static void take_value(const char *token, size_t size, const char *name, char **value)
{
        const size_t length = strlen(name);

        if (size <= length || memcmp(token, name, length) != 0 || token[length] != ':')
                return;
        g_free(*value);
        *value = g_strndup(token + length + 1, size - length - 1);
}

static const char *parse_label(const char *line, const char *end, char **ret_label)
{
        g_autofree char *process = NULL;
        g_autofree char *channel = NULL;
        const char *token;
        size_t size;

        while (next_token(&line, end, &token, &size)) {
                const char *colon = memchr(token, ':', size);

                if (!colon || memchr(colon + 1, ':', token + size - colon - 1))
                        return "its first line is not made of key:value";
                take_value(token, size, "processname", &process);
                take_value(token, size, "channel", &channel);
        }
        if (!process)
                return "its first line has no processname";
        if (!channel)
                return "its first line has no channel";
        *ret_label = g_strdup_printf("%s %s | ", process, channel);
        return NULL;
}

LabelledLines *labelled_lines_new(GBytes *result, const char **ret_why)
{
        gsize size;
        const char *data = g_bytes_get_data(result, &size);
        const char *line_end = size > 0 ? memchr(data, '\n', size) : NULL;
        LabelledLines *lines;
        char *label;

        *ret_why = "it is not UTF-8";
        if (!python_bytes_is_text(data, size))
                return NULL;
        *ret_why = "it has no first line";
        if (!line_end)
                return NULL;
        *ret_why = parse_label(data, line_end, &label);
        if (*ret_why)
                return NULL;
        lines = g_new0(LabelledLines, 1);
        lines->result = g_bytes_ref(result);
        lines->at = line_end + 1;
        lines->end = data + size;
        lines->label = label;
        return lines;
}

LabelledLines *labelled_lines_free(LabelledLines *lines)
{
        if (!lines)
                return NULL;
        g_bytes_unref(lines->result);
        g_free(lines->label);
        g_free(lines);
        return NULL;
}

static void append_line(LabelledLines *lines, GString *to)
{
        const char *line_end = memchr(lines->at, '\n', lines->end - lines->at);

        g_string_append(to, lines->label);
        g_string_append_len(to, lines->at, (line_end ? line_end : lines->end) - lines->at);
        g_string_append_c(to, '\n');
        lines->at = line_end ? line_end + 1 : NULL;
}

bool labelled_lines_next(LabelledLines *lines, size_t max_bytes, GString *to)
{
        size_t before = to->len;

        while (lines->at && (to->len == before || to->len - before < max_bytes))
                append_line(lines, to);
        return to->len > before;
}
