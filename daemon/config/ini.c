/* Line by line, in the order in which Python's parser looks at a line: comment, blank,
 * continuation, header, option. Whether a line goes on with the value above hangs on indentation
 * alone, so a comment is cut before anything else is known, quotes or not; files in the world rely
 * on both.
 *
 * The search for a comment is odd: the next ; and the next # are looked at in pairs, and the first
 * pair in which one stands behind a blank decides, even if a later # of that pair is passed over an
 * earlier ; of the next. It is kept. */

#include "daemon/config/ini.h"

#include <string.h>

#include "daemon/config/text.h"

#define MAX_ERRORS_TOLD 10

typedef struct IniParser {
        Sections *sections;
        unsigned file;
        Config *config; /* for notices */
        unsigned line;
        Section *section; /* NULL before the first header */
        Setting *setting; /* NULL right after a header */
        GString *value;   /* of setting, not yet stored */
        glong indent;     /* of the line that started setting */
        GString *errors;
        unsigned n_errors;
} IniParser;

static Place here(const IniParser *parser)
{
        return (Place){ sections_file(parser->sections, parser->file), parser->line };
}

static void add_error(IniParser *parser, const char *line, const char *what)
{
        g_autofree char *prefix = place_to_prefix(here(parser));
        g_autofree char *stripped = text_strip(line);

        if (parser->n_errors++ < MAX_ERRORS_TOLD)
                g_string_append_printf(parser->errors, "%s%s'%s' %s",
                                parser->errors->len > 0 ? "; " : "", prefix, stripped, what);
}

static bool is_after_blank(const char *line, const char *at)
{
        return at == line || text_is_blank(g_utf8_get_char(g_utf8_prev_char(at)));
}

/* Where an inline comment begins, or NULL. */
static const char *find_inline_comment(const char *line)
{
        const char *next[] = { strchr(line, '#'), strchr(line, ';') };
        const char *found = NULL;

        while (!found && (next[0] || next[1]))
                for (size_t i = 0; i < G_N_ELEMENTS(next); i++) {
                        if (!next[i])
                                continue;
                        if (is_after_blank(line, next[i]) && (!found || next[i] < found))
                                found = next[i];
                        next[i] = strchr(next[i] + 1, "#;"[i]);
                }
        return found;
}

static bool has_odd_quotes(const char *start, const char *end)
{
        bool odd_single = false, odd_double = false;

        for (; start < end; start++) {
                odd_single ^= *start == '\'';
                odd_double ^= *start == '"';
        }
        return odd_single || odd_double;
}

/* Cuts comments off in place. True when there was one. */
static bool cut_comment(IniParser *parser, char *line)
{
        const char *start = text_skip_blanks(line);
        const char *comment = *start == ';' || *start == '#' ? line : find_inline_comment(line);

        if (!comment)
                return false;
        if (has_odd_quotes(line, comment)) {
                g_autofree char *prefix = place_to_prefix(here(parser));

                config_notice(parser->config, LOG_LEVEL_WARN,
                                "%sa comment begins inside quotes, at '%c'; they do not protect it",
                                prefix, *comment);
        }
        line[comment - line] = '\0';
        return true;
}

static void store_value(IniParser *parser)
{
        if (!parser->setting)
                return;
        text_strip_end(parser->value);
        parser->setting->text = g_strdup(parser->value->str);
        parser->setting = NULL;
}

static void start_section(IniParser *parser, const char *header, const char *end)
{
        g_autofree char *name = g_strndup(header, end - header);

        store_value(parser);
        if (strcmp(name, "DEFAULT") == 0)
                parser->section = parser->sections->defaults;
        else
                parser->section = sections_open(parser->sections, name, parser->file, here(parser));
}

static void start_setting(IniParser *parser, const char *key, const char *value)
{
        bool again;

        store_value(parser);
        parser->setting = section_set(parser->section, key, parser->file, here(parser), &again);
        g_string_assign(parser->value, value);
        if (again) {
                g_autofree char *prefix = place_to_prefix(here(parser));

                config_notice(parser->config, LOG_LEVEL_WARN,
                                "%s%s is set again in [%s]; the last one counts", prefix, key,
                                parser->section->name);
        }
}

/* Nearly all keys are ASCII, for which there is a much quicker way. */
static void start_setting_in_lower_case(IniParser *parser, char *key, const char *value)
{
        g_autofree char *lower = NULL;

        if (!g_str_is_ascii(key)) {
                lower = g_utf8_strdown(key, -1);
                start_setting(parser, lower, value);
                return;
        }
        for (char *at = key; *at; at++)
                *at = g_ascii_tolower(*at);
        start_setting(parser, key, value);
}

/* The line is without blanks at its ends. */
static void parse_setting(IniParser *parser, char *line)
{
        char *delimiter = strpbrk(line, "=:");

        if (!delimiter)
                add_error(parser, line, "is no KEY=VALUE");
        else if (delimiter == line)
                add_error(parser, line, "has no key before the delimiter");
        else {
                *delimiter = '\0';
                line[text_end(line) - line] = '\0';
                start_setting_in_lower_case(parser, line, text_skip_blanks(delimiter + 1));
        }
}

/* The name of a header ends at the last bracket of the line; NULL when the line is none. */
static const char *header_end(const char *line)
{
        const char *end = *line == '[' ? strrchr(line, ']') : NULL;

        return end && end > line + 1 ? end : NULL;
}

static bool parse_line(IniParser *parser, char *line, GError **error)
{
        bool comment = cut_comment(parser, line);
        char *text = line + (text_skip_blanks(line) - line);
        glong indent = g_utf8_pointer_to_offset(line, text);

        text[text_end(text) - text] = '\0';
        if (!*text) {
                if (!comment && parser->setting)
                        g_string_append_c(parser->value, '\n');
                return true;
        }
        if (parser->setting && indent > parser->indent) {
                g_string_append_c(parser->value, '\n');
                g_string_append(parser->value, text);
                return true;
        }
        parser->indent = indent;
        if (header_end(text)) {
                start_section(parser, text + 1, header_end(text));
                return true;
        }
        if (!parser->section)
                return place_error(error, here(parser), CONFIG_ERROR_SYNTAX,
                                "'%s' stands before the first section; a header such as "
                                "[supervisord] has to come first",
                                text);
        parse_setting(parser, text);
        return true;
}

/* A line ends at \n, \r\n or \r. */
static bool parse_lines(IniParser *parser, const char *text, GError **error)
{
        g_autoptr(GString) line = g_string_new(NULL);

        while (*text) {
                size_t length = strcspn(text, "\r\n");

                g_string_truncate(line, 0);
                g_string_append_len(line, text, length);
                parser->line++;
                if (!parse_line(parser, line->str, error))
                        return false;
                text += length;
                text += g_str_has_prefix(text, "\r\n") ? 2 : *text ? 1 : 0;
        }
        store_value(parser);
        return true;
}

bool ini_parse(const char *text, Sections *sections, unsigned file, Config *config, GError **error)
{
        g_autoptr(GString) value = g_string_new(NULL);
        g_autoptr(GString) errors = g_string_new(NULL);
        IniParser parser = { .sections = sections,
                .file = file,
                .config = config,
                .value = value,
                .errors = errors };

        if (!parse_lines(&parser, text, error))
                return false;
        if (parser.n_errors > MAX_ERRORS_TOLD)
                g_string_append_printf(errors, "; and %u more", parser.n_errors - MAX_ERRORS_TOLD);
        if (parser.n_errors > 0)
                g_set_error_literal(error, CONFIG_ERROR, CONFIG_ERROR_SYNTAX, errors->str);
        return parser.n_errors == 0;
}
