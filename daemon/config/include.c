/* Patterns are matched by glob(3) with what it does beyond Python's glob switched off, and sorted
 * by code point: the locale of whoever starts the daemon must not decide which file wins.
 *
 * An [include] in an included file is never followed, so there are no circles. */

#include "daemon/config/include.h"

#include <errno.h>
#include <glob.h>
#include <string.h>
#include <unistd.h>

#include "daemon/config/build-option.h"
#include "daemon/config/ini.h"
#include "daemon/config/source.h"
#include "daemon/config/yaml.h"

#define MAX_FILES 100000

bool include_read_file(const char *file, Sections *sections, Config *config, GError **error)
{
        g_autofree char *text = NULL;
        unsigned number;

        if (!source_read(file, &text, error))
                return false;
        number = sections_add_file(sections, file);
        if (source_is_yaml(file))
                return yaml_parse(text, sections, number, error);
        return ini_parse(text, sections, number, config, error);
}

static int compare_paths(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Supervisor passes over what it cannot open; so the file must not stop the daemon, but it is said.
 * Opening a pipe would wait for somebody to write into it. */
static bool is_readable(const char *file, Config *config)
{
        const char *why = NULL;

        if (!g_file_test(file, G_FILE_TEST_IS_REGULAR))
                why = "it is no ordinary file";
        else if (access(file, R_OK) < 0)
                why = g_strerror(errno);
        if (why)
                config_notice(config, LOG_LEVEL_WARN, "%s: left out: %s", file, why);
        return !why;
}

static bool read_matches(
                char **files, size_t count, Sections *sections, Config *config, GError **error)
{
        qsort(files, count, sizeof *files, compare_paths);
        for (size_t i = 0; i < count; i++) {
                config_notice(config, LOG_LEVEL_INFO, "Included extra file \"%s\" during parsing",
                                files[i]);
                if (sections->files->len >= MAX_FILES)
                        return value_error(error, "more than %d files are included", MAX_FILES);
                if (is_readable(files[i], config) &&
                                !include_read_file(files[i], sections, config, error))
                        return false;
        }
        return true;
}

static bool read_pattern(const char *pattern, Sections *sections, Config *config, GError **error)
{
        glob_t matches;
        int r = glob(pattern, GLOB_NOSORT | GLOB_NOESCAPE, NULL, &matches);
        bool done = true;

        if (r == 0)
                done = read_matches(matches.gl_pathv, matches.gl_pathc, sections, config, error);
        else
                config_notice(config, LOG_LEVEL_WARN, "No file matches via include \"%s\"",
                                pattern);
        globfree(&matches);
        return done;
}

static bool read_patterns(char *const *patterns, Sections *sections, Config *config, GError **error)
{
        g_autofree char *folder = g_path_get_dirname(sections_file(sections, 0));

        for (; *patterns; patterns++) {
                g_autofree char *pattern =
                                **patterns == '/' ? g_strdup(*patterns)
                                                  : g_build_filename(folder, *patterns, NULL);

                if (**patterns && !read_pattern(pattern, sections, config, error))
                        return false;
        }
        return true;
}

bool include_read_all(Sections *sections, Config *config, GError **error)
{
        const Section *section = sections_find(sections, "include");
        g_auto(GStrv) patterns = NULL;

        if (!section)
                return true;
        return build_include_patterns(sections, section, config, &patterns, error) &&
               read_patterns(patterns, sections, config, error);
}
