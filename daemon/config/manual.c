/* One subsection for each kind of section, one item for each option, and for each type of option a
 * few words that say what a value looks like. */

#include "daemon/config/manual.h"

#include <string.h>

#include <glib.h>

#include "daemon/config/options.h"

static const char *const types[_OPTION_TYPE_MAX] = {
        [OPTION_STRING] = "text",
        [OPTION_BOOLEAN] = "true or false",
        [OPTION_INTEGER] = "number",
        [OPTION_SECONDS] = "seconds",
        [OPTION_DURATION] = "seconds, or a number with s, m, h, d or w",
        [OPTION_BYTES] = "size",
        [OPTION_OCTAL] = "octal number",
        [OPTION_LOG_LEVEL] = "log level",
        [OPTION_SIGNAL] = "signal",
        [OPTION_EXIT_CODES] = "list of numbers",
        [OPTION_AUTORESTART] = "true, false or unexpected",
        [OPTION_USER] = "user",
        [OPTION_OWNER] = "user:group",
        [OPTION_DIRECTORY] = "folder that exists",
        [OPTION_PATH] = "file in a folder that exists",
        [OPTION_ABSOLUTE] = "file",
        [OPTION_LOGFILE] = "file, AUTO, NONE or journal",
        [OPTION_ADDRESS] = "address",
        [OPTION_NAME] = "name",
        [OPTION_BUS] = "bus",
        [OPTION_STATE] = "auto, none or folder",
        [OPTION_COMMAND] = "text, or list of arguments",
        [OPTION_ENVIRONMENT] = "map of variables",
        [OPTION_CHOICE] = "one of",
        [OPTION_FLAGS] = "any of",
        [OPTION_LIST] = "list",
        [OPTION_EVENTS] = "list of event types",
};

/* What a changed value asks for when the file is read again. */
static const char *const reloads[] = {
        [RELOAD_LIVE] = "live",
        [RELOAD_RESTART] = "restart",
        [RELOAD_ANEW] = "anew",
        [RELOAD_DAEMON] = "daemon",
};

/* Text inside a line of mdoc: nothing in it may be taken for a macro or an escape. */
static void print_text(FILE *stream, const char *text)
{
        if (*text == '.' || *text == '\'')
                fputs("\\&", stream);
        for (; *text; text++)
                if (*text == '\\')
                        fputs("\\e", stream);
                else
                        fputc(*text, stream);
}

static void print_option(FILE *stream, const Option *option)
{
        fprintf(stream, ".It Ic %s\n", option->name);
        print_text(stream, option->help);
        fprintf(stream, ".\n.br\n(%s", types[option->type]);
        for (int i = 0; option->choices && option->choices[i]; i++)
                fprintf(stream, "%s%s", i > 0 ? ", " : " ", option->choices[i]);
        fprintf(stream, "%s%s%s", option->per_process ? "; for each process" : "",
                        option->target == TARGET_NONE ? "" : "; ",
                        option->target == TARGET_NONE ? "" : reloads[option->reload]);
        if (!option->default_text || !*option->default_text) {
                fputs(")\n", stream);
                return;
        }
        fputs("; default\n.Li \"\\&", stream);
        print_text(stream, option->default_text);
        fputs("\" )\n", stream);
}

static void print_kind(FILE *stream, SectionKind kind)
{
        const SectionInfo *info = section_info(kind);
        bool named = g_str_has_suffix(info->header, ":");

        fprintf(stream, ".Ss [%s%s]%s%s%s%s\n", info->header, named ? "NAME" : "",
                        info->yaml ? ", " : "", info->yaml ? info->yaml : "",
                        info->yaml_many ? ", " : "", info->yaml_many ? info->yaml_many : "");
        fprintf(stream, "%c%s.\n.Bl -tag -width Ds\n", g_ascii_toupper(*info->help),
                        info->help + 1);
        for (size_t i = 0; i < n_options; i++)
                if (option_find(kind, options[i].name) == &options[i])
                        print_option(stream, &options[i]);
        fputs(".El\n", stream);
}

void config_print_manual(FILE *stream)
{
        for (SectionKind kind = 0; kind < _SECTION_KIND_MAX; kind++)
                print_kind(stream, kind);
}
