/* One pass over the characters, with a function for each form that a part of a value can have:
 * plain, in single quotes, in double quotes. Parts in quotes join what stands beside them, and
 * inside a plain part a quote is nothing special; so it is in systemd, whose files these are.
 *
 * systemd passes over lines that it cannot read. Here they are errors: a program without its
 * password is found out about sooner. */

#include "daemon/config/environment-file.h"

#include <string.h>

#include "daemon/config/place.h"
#include "daemon/config/source.h"

#define BLANKS " \t\r"

typedef struct EnvironmentReader {
        const char *file;
        const char *line_start;
        const char *at;
        unsigned line;
        GString *value;
} EnvironmentReader;

static bool reader_error(const EnvironmentReader *reader, const char *at, GError **error,
                const char *format, ...) G_GNUC_PRINTF(4, 5);

/* On the line that is being read. */
static bool reader_error(const EnvironmentReader *reader, const char *at, GError **error,
                const char *format, ...)
{
        const unsigned column = g_utf8_pointer_to_offset(reader->line_start, at) + 1;
        const Place place = { reader->file, reader->line, column };
        va_list arguments;

        va_start(arguments, format);
        place_error_valist(error, place, CONFIG_ERROR_SYNTAX, format, arguments);
        va_end(arguments);
        return false;
}

/* The next character, and past it. */
static char take(EnvironmentReader *reader)
{
        char character = *reader->at++;

        if (character == '\n') {
                reader->line++;
                reader->line_start = reader->at;
        }
        return character;
}

static void skip_blanks(EnvironmentReader *reader)
{
        reader->at += strspn(reader->at, BLANKS);
}

/* A backslash at the end of a line makes the next one comment too. */
static void skip_comment(EnvironmentReader *reader)
{
        while (*reader->at && *reader->at != '\n')
                if (take(reader) == '\\' && *reader->at)
                        take(reader);
}

/* What follows a backslash in a plain part; an escaped line end is nothing at all. */
static void read_escaped(EnvironmentReader *reader)
{
        char character = *reader->at ? take(reader) : '\n';

        if (character != '\n')
                g_string_append_c(reader->value, character);
}

/* Up to the end of the line; blanks at the end do not count unless they are escaped. */
static void read_plain(EnvironmentReader *reader)
{
        size_t keep = reader->value->len;

        while (*reader->at && *reader->at != '\n') {
                char character = take(reader);

                if (character == '\\')
                        read_escaped(reader);
                else
                        g_string_append_c(reader->value, character);
                if (!strchr(BLANKS, character))
                        keep = reader->value->len;
        }
        g_string_truncate(reader->value, keep);
}

static void read_escaped_in_quotes(EnvironmentReader *reader)
{
        char character = *reader->at ? take(reader) : '\n';

        if (character == '\n')
                return;
        if (!strchr("\"\\`$", character))
                g_string_append_c(reader->value, '\\');
        g_string_append_c(reader->value, character);
}

static bool read_quoted(EnvironmentReader *reader, GError **error)
{
        const EnvironmentReader opening = *reader;
        char quote = take(reader);

        while (*reader->at != quote) {
                if (!*reader->at)
                        return reader_error(&opening, opening.at, error,
                                        "the quote (%c) is not closed", quote);
                if (quote == '"' && *reader->at == '\\') {
                        take(reader);
                        read_escaped_in_quotes(reader);
                } else
                        g_string_append_c(reader->value, take(reader));
        }
        take(reader);
        return true;
}

static bool read_value(EnvironmentReader *reader, GError **error)
{
        g_string_truncate(reader->value, 0);
        for (skip_blanks(reader); *reader->at && *reader->at != '\n'; skip_blanks(reader))
                if (*reader->at != '"' && *reader->at != '\'')
                        read_plain(reader);
                else if (!read_quoted(reader, error))
                        return false;
        return true;
}

static bool is_variable_name(const char *name)
{
        if (!*name || g_ascii_isdigit(*name))
                return false;
        for (; *name; name++)
                if (!g_ascii_isalnum(*name) && *name != '_')
                        return false;
        return true;
}

static bool read_name(EnvironmentReader *reader, char **ret, GError **error)
{
        const char *start = reader->at, *end = start + strcspn(start, "=\n");
        g_autofree char *name = g_strchomp(g_strndup(start, end - start));

        if (*end != '=')
                return reader_error(reader, start, error,
                                "'%s' is no KEY=VALUE; a comment begins with #", name);
        if (!is_variable_name(name))
                return reader_error(reader, start, error,
                                "'%s' is no name of a variable; there are letters, digits and _ in "
                                "one%s",
                                name,
                                g_str_has_prefix(name, "export ") ? ", and no export before it"
                                                                  : "");
        reader->at = end + 1;
        *ret = g_steal_pointer(&name);
        return true;
}

static bool read_line(EnvironmentReader *reader, GHashTable *into, GError **error)
{
        char *name = NULL;

        skip_blanks(reader);
        if (*reader->at == '#' || *reader->at == ';')
                skip_comment(reader);
        else if (*reader->at && *reader->at != '\n') {
                if (!read_name(reader, &name, error))
                        return false;
                if (!read_value(reader, error)) {
                        g_free(name);
                        return false;
                }
                g_hash_table_replace(into, name, g_strdup(reader->value->str));
        }
        if (*reader->at)
                take(reader);
        return true;
}

bool environment_file_parse(const char *file, const char *text, GHashTable *into, GError **error)
{
        g_autoptr(GString) value = g_string_new(NULL);
        EnvironmentReader reader = {
                .file = file, .line_start = text, .at = text, .line = 1, .value = value
        };

        while (*reader.at)
                if (!read_line(&reader, into, error))
                        return false;
        return true;
}

/* Opening a pipe would wait for somebody to write into it. */
bool environment_file_read(const char *file, GHashTable *into, GError **error)
{
        g_autofree char *text = NULL;

        if (g_file_test(file, G_FILE_TEST_EXISTS) && !g_file_test(file, G_FILE_TEST_IS_REGULAR))
                return place_error(
                                error, (Place){ file }, CONFIG_ERROR_FILE, "is no ordinary file");
        if (!source_read(file, &text, error))
                return false;
        if (strlen(text) > ENVIRONMENT_FILE_MAX_SIZE)
                return place_error(error, (Place){ file }, CONFIG_ERROR_FILE,
                                "is larger than the %d KiB that a file of variables may have",
                                ENVIRONMENT_FILE_MAX_SIZE >> 10);
        return environment_file_parse(file, text, into, error);
}
