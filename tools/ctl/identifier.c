/* Linking the daemon's parsers into the command line would tie the two programs together for one
 * word. What is read here is the form in which people write that word; for any other there is -i.
 */

#include "tools/ctl/identifier.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tools/ctl/failure.h"

#define FILE_MAX_BYTES (4 * 1024 * 1024)

/* Cuts at the first comment sign that begins the line or follows a blank, and at the end. */
static void strip_comment(char *line, const char *signs)
{
        for (char *c = line; *c; c++)
                if (strchr(signs, *c) && (c == line || g_ascii_isspace(c[-1]))) {
                        *c = '\0';
                        return;
                }
}

/* The value in "identifier = web1", "identifier: 'web1'" or "{identifier: web1, …}"; NULL when the
 * text does not begin so. separators are the signs that may stand between the two. */
static char *value_of(const char *text, const char *separators, bool is_yaml)
{
        char *value;
        size_t length;

        while (g_ascii_isspace(*text) || (is_yaml && *text == '{'))
                text++;
        if (g_ascii_strncasecmp(text, "identifier", strlen("identifier")) != 0)
                return NULL;
        text += strlen("identifier");
        text += strspn(text, " \t");
        if (!*text || !strchr(separators, *text))
                return NULL;
        value = g_strstrip(g_strdup(text + 1));
        if (!is_yaml)
                return value;
        length = strlen(value);
        if (*value == '"' || *value == '\'') {
                char *end = strchr(value + 1, *value);

                length = end ? (size_t)(end - value - 1) : length - 1;
                memmove(value, value + 1, length);
        } else {
                length = strcspn(value, ",}");
        }
        value[length] = '\0';
        return g_strchomp(value);
}

static char *from_ini(char **lines)
{
        g_autofree char *found = NULL;
        bool is_ours = false;

        for (; *lines; lines++) {
                g_autofree char *value = NULL;

                strip_comment(*lines, ";#");
                g_strstrip(*lines);
                if (**lines == '[') {
                        is_ours = g_str_has_prefix(*lines, "[supervisord]");
                        continue;
                }
                if (!is_ours)
                        continue;
                value = value_of(*lines, "=:", false);
                if (value) { /* the last one counts */
                        g_free(found);
                        found = g_steal_pointer(&value);
                }
        }
        return g_steal_pointer(&found);
}

/* In a flow mapping the key may stand anywhere between the braces. */
static char *from_flow(const char *text)
{
        g_auto(GStrv) parts = g_strsplit(text, ",", -1);

        for (char **part = parts; *part; part++) {
                char *value = value_of(*part, ":", true);

                if (value)
                        return value;
        }
        return NULL;
}

static char *from_yaml(char **lines)
{
        bool is_ours = false;

        for (; *lines; lines++) {
                const char *section = "supervisord:";
                char *value;

                strip_comment(*lines, "#");
                g_strchomp(*lines);
                if (!**lines)
                        continue;
                if (g_str_has_prefix(*lines, section)) {
                        is_ours = true;
                        value = from_flow(*lines + strlen(section));
                } else {
                        is_ours = is_ours && g_ascii_isspace(**lines);
                        value = is_ours ? from_flow(*lines) : NULL;
                }
                if (value)
                        return value;
        }
        return NULL;
}

char *identifier_from_text(const char *text, bool is_yaml)
{
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        char *found = is_yaml ? from_yaml(lines) : from_ini(lines);

        return found ? found : g_strdup(IDENTIFIER_DEFAULT);
}

/* The size is not asked for beforehand: the file may be a pipe. */
static char *read_text(const char *path, GError **error)
{
        g_autofree char *text = g_malloc(FILE_MAX_BYTES + 1);
        FILE *file = fopen(path, "re");
        size_t size;
        int failed;

        if (!file) {
                g_set_error(error, FAILURE, FAILURE_USAGE, "cannot read %s: %s", path,
                                g_strerror(errno));
                return NULL;
        }
        size = fread(text, 1, FILE_MAX_BYTES + 1, file);
        failed = ferror(file) ? errno : 0;
        fclose(file);
        if (failed || size > FILE_MAX_BYTES) {
                g_set_error(error, FAILURE, FAILURE_USAGE, "cannot read %s: %s", path,
                                failed ? g_strerror(failed) : "too large for a configuration");
                return NULL;
        }
        text[size] = '\0';
        return g_steal_pointer(&text);
}

char *identifier_from_file(const char *path, GError **error)
{
        g_autofree char *text = read_text(path, error);
        g_autofree char *identifier = NULL;
        bool is_yaml = g_str_has_suffix(path, ".yaml") || g_str_has_suffix(path, ".yml");

        if (!text)
                return NULL;
        identifier = identifier_from_text(text, is_yaml);
        if (strchr(identifier, '%')) {
                g_set_error(error, FAILURE, FAILURE_USAGE,
                                "%s: identifier '%s' can only be worked out by busvisord; "
                                "say which one it is with -i",
                                path, identifier);
                return NULL;
        }
        return g_steal_pointer(&identifier);
}
