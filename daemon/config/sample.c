/* Printed from the option table, so it can never miss an option. Everything but the few lines that
 * make a file that runs is a comment. */

#include "daemon/config/sample.h"

#include <glib.h>

#include "daemon/config/options.h"

static const char introduction[] =
                "; Configuration of busvisord. Values shown are the defaults; take the ; away to\n"
                "; change them. %(here)s is the folder of this file, %(ENV_X)s the environment\n"
                "; variable X. A comment inside a line needs a blank before its ; and a percent\n"
                "; sign is written %%.\n";

static void print_option(FILE *stream, const Option *option)
{
        g_autofree char *setting = g_strdup_printf(
                        "%s=%s", option->name, option->default_text ? option->default_text : "");

        g_autofree char *choices =
                        option->choices ? g_strjoinv(", ", (char **)option->choices) : NULL;

        fprintf(stream, ";%-40s ; %s%s%s%s\n", setting, option->help, choices ? " (" : "",
                        choices ? choices : "", choices ? ")" : "");
}

/* A name with several rows is printed once. */
static void print_options(FILE *stream, SectionKind kind)
{
        for (size_t i = 0; i < n_options; i++)
                if ((options[i].sections & SECTION_BIT(kind)) &&
                                option_find(kind, options[i].name) == &options[i])
                        print_option(stream, &options[i]);
}

void config_print_sample(FILE *stream)
{
        fputs(introduction, stream);
        for (int kind = 0; kind < _SECTION_KIND_MAX; kind++) {
                const SectionInfo *info = section_info(kind);
                bool required = kind == SECTION_SUPERVISORD;

                fprintf(stream, "\n%s[%s%s] ; %s\n", required ? "" : ";", info->header,
                                g_str_has_suffix(info->header, ":") ? "NAME" : "", info->help);
                print_options(stream, kind);
        }
}
