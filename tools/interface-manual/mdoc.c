/* A new sentence is a new line, as mdoc wants it for the space between sentences. */

#include "tools/interface-manual/mdoc.h"

#include <string.h>

#define MAX_COLUMNS 78

/* What would be a request at the beginning of a line is kept from being one. */
static void print_word(FILE *stream, const char *word, bool begins_line)
{
        if (begins_line && (*word == '.' || *word == '\''))
                fputs("\\&", stream);
        for (; *word; word++)
                if (*word == '\\')
                        fputs("\\e", stream);
                else
                        fputc(*word, stream);
}

static bool ends_sentence(const char *word)
{
        size_t length = strlen(word);

        while (length > 0 && strchr(")\"", word[length - 1]))
                length--;
        return length > 1 && strchr(".!?", word[length - 1]);
}

static void print_words(FILE *stream, const char *text)
{
        g_auto(GStrv) words = g_strsplit_set(text, " \n", -1);
        size_t column = 0;

        for (char **word = words; *word; word++) {
                if (!**word)
                        continue;
                if (column > 0 && column + strlen(*word) > MAX_COLUMNS) {
                        fputc('\n', stream);
                        column = 0;
                }
                if (column > 0)
                        fputc(' ', stream);
                print_word(stream, *word, column == 0);
                column += strlen(*word) + 1;
                if (ends_sentence(*word)) {
                        fputc('\n', stream);
                        column = 0;
                }
        }
        if (column > 0)
                fputc('\n', stream);
}

/* Items are separated by what begins them. */
static void print_list(FILE *stream, const char *text)
{
        g_auto(GStrv) items = g_strsplit(text + strlen("- "), "\n- ", -1);

        fputs(".Bl -tag -width Ds\n", stream);
        for (char **item = items; *item; item++) {
                const char *colon = strstr(*item, ": ");

                g_assert(colon);
                fprintf(stream, ".It Li %.*s\n", (int)(colon - *item), *item);
                print_words(stream, colon + strlen(": "));
        }
        fputs(".El\n", stream);
}

/* Without the blanks by which the lines of a comment are set in. */
static char *take_out_indentation(const char *text)
{
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

        for (char **line = lines; *line; line++)
                g_strstrip(*line);
        return g_strjoinv("\n", lines);
}

void mdoc_print_text(FILE *stream, const char *text)
{
        g_autofree char *plain = take_out_indentation(text);
        g_auto(GStrv) paragraphs = g_strsplit(g_strstrip(plain), "\n\n", -1);

        for (char **paragraph = paragraphs; *paragraph; paragraph++) {
                if (g_str_has_prefix(*paragraph, "- ")) {
                        print_list(stream, *paragraph);
                        continue;
                }
                if (paragraph != paragraphs)
                        fputs(".Pp\n", stream);
                print_words(stream, *paragraph);
        }
}

static void print_property(FILE *stream, const Member *property)
{
        fprintf(stream, ".It Va %s Pq \"%s%s%s\"\n", property->name, property->type,
                        property->is_writable ? ", can be set" : "",
                        strcmp(property->changes, "const") == 0   ? ", never changes"
                        : strcmp(property->changes, "false") == 0 ? ", changes are not announced"
                                                                  : "");
}

static void print_arguments(FILE *stream, const Member *member, bool out)
{
        for (guint i = 0; i < member->arguments->len; i++) {
                const Argument *argument = member->arguments->pdata[i];

                if (argument->is_out != out)
                        continue;
                fprintf(stream, " \"%s %s%s\"", argument->type, argument->name,
                                out && i + 1 < member->arguments->len ? "," : "");
        }
}

static bool has_results(const Member *member)
{
        for (guint i = 0; i < member->arguments->len; i++)
                if (((const Argument *)member->arguments->pdata[i])->is_out)
                        return true;
        return false;
}

static void print_call(FILE *stream, const Member *member)
{
        fprintf(stream, ".It Fn %s", member->name);
        print_arguments(stream, member, false);
        if (has_results(member)) {
                fputs(" No \\(->", stream);
                print_arguments(stream, member, true);
        }
        fputc('\n', stream);
}

static void print_member(FILE *stream, const Member *member, bool is_first)
{
        if (member->heading && !is_first)
                fputs(".El\n.Pp\n", stream);
        if (member->heading)
                mdoc_print_text(stream, member->heading);
        if (member->heading || is_first)
                fputs(".Bl -tag -width Ds\n", stream);
        if (member->kind == MEMBER_PROPERTY)
                print_property(stream, member);
        else
                print_call(stream, member);
        if (member->text)
                mdoc_print_text(stream, member->text);
}

static void print_members(FILE *stream, const Interface *interface, MemberKind kind)
{
        static const char *const titles[_MEMBER_KIND_MAX] = { "Properties", "Methods", "Signals" };
        bool is_first = true;

        for (guint i = 0; i < interface->members->len; i++) {
                const Member *member = interface->members->pdata[i];

                if (member->kind != kind)
                        continue;
                if (is_first)
                        fprintf(stream, ".Ss %s\n", titles[kind]);
                print_member(stream, member, is_first);
                is_first = false;
        }
        if (!is_first)
                fputs(".El\n", stream);
}

void mdoc_print_interface(FILE *stream, const Interface *interface)
{
        fprintf(stream, ".Sh INTERFACE %s\n", interface->name);
        if (interface->text)
                mdoc_print_text(stream, interface->text);
        for (MemberKind kind = 0; kind < _MEMBER_KIND_MAX; kind++)
                print_members(stream, interface, kind);
}
