/* Names and values go on to the bus, where only UTF-8 may travel, so a file in another encoding is
 * refused at the door and not when somebody looks at a process. */

#include "daemon/config/source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "daemon/config/place.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static unsigned line_of(const char *text, const char *at)
{
        unsigned line = 1;

        for (; text < at; text++)
                line += *text == '\n';
        return line;
}

bool source_check(const char *file, const char *text, size_t length, GError **error)
{
        const char *bad;

        if (g_utf8_validate_len(text, length, &bad))
                return true;
        return place_error(error, (Place){ file, line_of(text, bad) }, CONFIG_ERROR_FILE, "%s",
                        *bad ? "this is not UTF-8; save the file in that encoding"
                             : "there is a NUL byte here; a configuration file is text");
}

static bool read_stream(FILE *stream, GString *text)
{
        char buffer[65536];
        size_t got;

        while (text->len <= SOURCE_MAX_SIZE && (got = fread(buffer, 1, sizeof buffer, stream)) > 0)
                g_string_append_len(text, buffer, got);
        return !ferror(stream);
}

static bool read_file(const char *file, GString *text, GError **error)
{
        FILE *stream = fopen(file, "re");
        int saved_errno = errno;
        bool done = false;

        if (stream) {
                done = read_stream(stream, text);
                saved_errno = errno;
                fclose(stream);
        }
        return done || place_error(error, (Place){ file }, CONFIG_ERROR_FILE, "cannot be read: %s",
                                       g_strerror(saved_errno));
}

bool source_read(const char *file, char **ret, GError **error)
{
        g_autoptr(GString) text = g_string_new(NULL);

        if (!read_file(file, text, error))
                return false;
        if (text->len > SOURCE_MAX_SIZE)
                return place_error(error, (Place){ file }, CONFIG_ERROR_FILE,
                                "is larger than the %d MiB that a configuration file may have",
                                SOURCE_MAX_SIZE >> 20);
        if (!source_check(file, text->str, text->len, error))
                return false;
        if (g_str_has_prefix(text->str, BYTE_ORDER_MARK))
                g_string_erase(text, 0, strlen(BYTE_ORDER_MARK));
        *ret = g_string_free(g_steal_pointer(&text), FALSE);
        return true;
}

bool source_is_yaml(const char *file)
{
        return g_str_has_suffix(file, ".yaml") || g_str_has_suffix(file, ".yml");
}
