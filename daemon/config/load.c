/* The main file into sections, what it includes into the same sections, what they inherit from each
 * other, the sections into a Config. Nothing outside this file sees a half-built one. */

#include "daemon/config/load.h"

#include <string.h>
#include <unistd.h>

#include "bus/supervisor-files.h"
#include "daemon/config/build.h"
#include "daemon/config/include.h"
#include "daemon/config/inherit.h"
#include "daemon/config/place.h"
#include "daemon/config/section.h"
#include "daemon/config/source.h"

/* In YAML [supervisord] may be left out: its absence says nothing there. */
static void add_supervisord(Sections *sections, const char *file)
{
        if (source_is_yaml(file))
                sections_open(sections, "supervisord", 0, (Place){ sections_file(sections, 0) });
}

static bool load_all(Sections *sections, const ConfigOverrides *overrides, Config *config,
                GError **error)
{
        if (!include_read_file(config->file, sections, config, error) ||
                        !include_read_all(sections, config, error))
                return false;
        add_supervisord(sections, config->file);
        return inherit_settings(sections, error) &&
               build_config(sections, overrides, config, error);
}

/* A value that an error quotes may go over several lines; the error must not. */
bool config_load(const char *file, const ConfigOverrides *overrides, Config **ret, GError **error)
{
        g_autoptr(Config) config = config_new();
        g_autoptr(Sections) sections = sections_new();
        GError *failure = NULL;

        config->file = g_canonicalize_filename(file, NULL);
        if (!load_all(sections, overrides, config, &failure)) {
                g_strdelimit(failure->message, "\r\n", ' ');
                g_propagate_error(error, failure);
                return false;
        }
        *ret = g_steal_pointer(&config);
        return true;
}

/* Who calls the program as Supervisor's means the configuration of that. */
static bool is_called_supervisord(const char *program)
{
        g_autofree char *name = g_path_get_basename(program);

        return strcmp(name, "supervisord") == 0;
}

static void add_own(GPtrArray *list)
{
        g_ptr_array_add(list, g_strdup("busvisor.yaml"));
        if (geteuid() != 0)
                g_ptr_array_add(list, g_build_filename(g_get_user_config_dir(), "busvisor",
                                                      "busvisor.yaml", NULL));
        g_ptr_array_add(list, g_strdup("/etc/busvisor/busvisor.yaml"));
}

static char **candidates(const char *program)
{
        g_auto(GStrv) files = supervisor_files(program);
        bool own_first = !is_called_supervisord(program);
        GPtrArray *list = g_ptr_array_new();

        if (own_first)
                add_own(list);
        for (char **file = files; *file; file++)
                g_ptr_array_add(list, g_strdup(*file));
        if (!own_first)
                add_own(list);
        g_ptr_array_add(list, NULL);
        return (char **)g_ptr_array_free(list, FALSE);
}

bool config_find_file(const char *program, char **ret, GError **error)
{
        g_auto(GStrv) files = candidates(program);
        g_autofree char *list = NULL;

        for (char **file = files; *file; file++)
                if (g_file_test(*file, G_FILE_TEST_EXISTS)) {
                        *ret = g_strdup(*file);
                        return true;
                }
        list = g_strjoinv(", ", files);
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_FILE,
                        "there is no configuration file at %s; name one with -c", list);
        return false;
}
