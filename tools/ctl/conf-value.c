/* Linking the daemon's parsers into the command line would tie the two programs together for a few
 * words. What is read here is the form in which people write them. */

#include "tools/ctl/conf-value.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tools/ctl/failure.h"

#define FILE_MAX_BYTES (4 * 1024 * 1024)

bool conf_value_is_yaml(const char *path)
{
        return g_str_has_suffix(path, ".yaml") || g_str_has_suffix(path, ".yml");
}

/* The size is not asked for beforehand: the file may be a pipe. */
char *conf_value_read_file(const char *path, GError **error)
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

/* Cuts at the first comment sign that begins the line or follows a blank, and at the end. */
static void strip_comment(char *line, const char *signs)
{
        for (char *c = line; *c; c++)
                if (strchr(signs, *c) && (c == line || g_ascii_isspace(c[-1]))) {
                        *c = '\0';
                        return;
                }
}

/* The value in "key = value", "key: 'value'" or "{key: value, …}"; NULL when the text does not
 * begin so. */
static char *value_of(const char *text, const char *key, bool is_yaml)
{
        const char *separators = is_yaml ? ":" : "=:";
        char *value;
        size_t length;

        while (g_ascii_isspace(*text) || (is_yaml && *text == '{'))
                text++;
        if (g_ascii_strncasecmp(text, key, strlen(key)) != 0)
                return NULL;
        text += strlen(key);
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

static char *from_ini(char **lines, const char *section, const char *key)
{
        g_autofree char *heading = g_strdup_printf("[%s]", section);
        g_autofree char *found = NULL;
        bool is_ours = false;

        for (; *lines; lines++) {
                g_autofree char *value = NULL;

                strip_comment(*lines, ";#");
                g_strstrip(*lines);
                if (**lines == '[') {
                        is_ours = g_str_has_prefix(*lines, heading);
                        continue;
                }
                if (!is_ours)
                        continue;
                value = value_of(*lines, key, false);
                if (value) { /* the last one counts */
                        g_free(found);
                        found = g_steal_pointer(&value);
                }
        }
        return g_steal_pointer(&found);
}

/* In a flow mapping the key may stand anywhere between the braces. */
static char *from_flow(const char *text, const char *key)
{
        g_auto(GStrv) parts = g_strsplit(text, ",", -1);

        for (char **part = parts; *part; part++) {
                char *value = value_of(*part, key, true);

                if (value)
                        return value;
        }
        return NULL;
}

static char *from_yaml(char **lines, const char *section, const char *key)
{
        g_autofree char *heading = g_strconcat(section, ":", NULL);
        bool is_ours = false;

        for (; *lines; lines++) {
                char *value;

                strip_comment(*lines, "#");
                g_strchomp(*lines);
                if (!**lines)
                        continue;
                if (g_str_has_prefix(*lines, heading)) {
                        is_ours = true;
                        value = from_flow(*lines + strlen(heading), key);
                } else {
                        is_ours = is_ours && g_ascii_isspace(**lines);
                        value = is_ours ? from_flow(*lines, key) : NULL;
                }
                if (value)
                        return value;
        }
        return NULL;
}

char *conf_value_find(const char *text, bool is_yaml, const char *section, const char *key)
{
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

        return is_yaml ? from_yaml(lines, section, key) : from_ini(lines, section, key);
}
