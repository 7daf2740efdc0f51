/* A file that ten thousand processes name is read once. It is read when the configuration is, not
 * when a program starts: so a change in it counts from the next reload on, like all else. */

#include "daemon/config/build-environment.h"

#include <string.h>

#include "daemon/config/environment-file.h"
#include "daemon/config/environment.h"
#include "daemon/config/text.h"
#include "daemon/config/value.h"

#define MAX_FILES 10000

/* Optional is what only has to be right where it can be read. */
static bool read_optional(const Build *build, const Section *section, const char *path,
                GHashTable *into, GError **error)
{
        g_autoptr(GError) failure = NULL;

        if (!g_file_test(path, G_FILE_TEST_EXISTS) || environment_file_read(path, into, &failure))
                return true;
        if (!g_error_matches(failure, CONFIG_ERROR, CONFIG_ERROR_FILE)) {
                g_propagate_error(error, g_steal_pointer(&failure));
                return false;
        }
        build_notice(build, section, "environment_file", LOG_LEVEL_WARN, "environment_file: %s",
                        failure->message);
        return true;
}

/* The variables of an absolute path, or of one with a - before it; borrowed. NULL on failure. */
static GHashTable *get_variables(
                const Build *build, const Section *section, const char *path, GError **error)
{
        GHashTable *variables = g_hash_table_lookup(build->environment_files, path);
        bool done;

        if (variables)
                return variables;
        if (g_hash_table_size(build->environment_files) >= MAX_FILES) {
                value_error(error, "more than %d files of variables", MAX_FILES);
                return NULL;
        }
        variables = environment_new();
        g_hash_table_insert(build->environment_files, g_strdup(path), variables);
        done = *path == '-' ? read_optional(build, section, path + 1, variables, error)
                            : environment_file_read(path, variables, error);
        return done ? variables : NULL;
}

/* A relative path is below the folder of the file that names it. */
static char *locate(const Build *build, const Section *section, const Setting *setting,
                const char *item)
{
        bool optional = *item == '-';
        g_autofree char *path = value_expand_home(item + optional);
        g_autofree char *folder = sections_here(build->sections, section, setting);
        g_autofree char *absolute = g_canonicalize_filename(path, folder);

        return g_strconcat(optional ? "-" : "", absolute, NULL);
}

static bool read_file(const Build *build, const Section *section, const Setting *setting,
                const char *item, GHashTable *into, GError **error)
{
        g_autofree char *path = locate(build, section, setting, item);
        GError *failure = NULL;
        GHashTable *variables = get_variables(build, section, path, &failure);

        if (variables) {
                environment_merge(into, variables);
                return true;
        }
        if (!g_error_matches(failure, CONFIG_ERROR, CONFIG_ERROR_SYNTAX))
                place_prefix_error(
                                &failure, setting->place, "[%s] environment_file: ", section->name);
        g_propagate_error(error, failure);
        return false;
}

/* Those that it adds to come first. */
static bool read_files(const Build *build, const Section *section, const Setting *setting,
                const Expansions *names, GHashTable *into, GError **error)
{
        g_autofree char *text = NULL;
        g_auto(GStrv) items = NULL;

        if (setting->below && !read_files(build, section, setting->below, names, into, error))
                return false;
        if (!build_text(build, section, setting, names, &text, error))
                return false;
        items = text_split_list(text);
        for (char **item = items; *item; item++)
                if (**item && !read_file(build, section, setting, *item, into, error))
                        return false;
        return true;
}

bool build_environment(const Build *build, const Section *section, SectionKind kind,
                Expansions *names, void *structure, GError **error)
{
        const Option *option = option_find(kind, "environment");
        const Setting *files = sections_get(build->sections, section, "environment_file");
        GHashTable **variables = (GHashTable **)(void *)((char *)structure + option->offset);

        if (!*variables)
                *variables = environment_new();
        if (files && !read_files(build, section, files, names, *variables, error))
                return false;
        expansions_set_variables(names, *variables);
        if (!build_option(build, section, option, names, structure, error))
                return false;
        expansions_set_variables(names, *variables);
        return true;
}
