/* Every line means something: there is no error for a quote too few, which is most often an
 * apostrophe. */

#include "tools/ctl/line-words.h"

#include <stdbool.h>

#include <glib.h>

/* The quote that ends the one at the beginning; NULL when there is none. */
static const char *end_of_quote(const char *line)
{
        for (const char *c = line + 1; *c; c++) {
                if (*c == *line)
                        return c;
                if (*line == '"' && *c == '\\' && c[1])
                        c++;
        }
        return NULL;
}

/* Takes one character, or what is quoted, to the word; answers how much of the line that was. */
static size_t take(const char *line, GString *word)
{
        const char *end;

        if (*line == '\\' && line[1]) {
                g_string_append_c(word, line[1]);
                return 2;
        }
        end = *line == '"' || *line == '\'' ? end_of_quote(line) : NULL;
        if (!end) {
                g_string_append_c(word, *line);
                return 1;
        }
        for (const char *c = line + 1; c < end; c++) {
                if (*line == '"' && *c == '\\' && c + 1 < end)
                        c++;
                g_string_append_c(word, *c);
        }
        return end - line + 1;
}

static size_t take_word(const char *line, GPtrArray *words)
{
        GString *word = g_string_new(NULL);
        size_t length = 0;

        while (line[length] && !g_ascii_isspace(line[length]))
                length += take(line + length, word);
        g_ptr_array_add(words, g_string_free(word, false));
        return length;
}

char **line_words(const char *line)
{
        GPtrArray *words = g_ptr_array_new();

        while (g_ascii_isspace(*line))
                line++;
        if (*line == '?') {
                g_ptr_array_add(words, g_strdup("?"));
                line++;
        }
        while (*line) {
                if (g_ascii_isspace(*line))
                        line++;
                else
                        line += take_word(line, words);
        }
        g_ptr_array_add(words, NULL);
        return (char **)g_ptr_array_free(words, false);
}
