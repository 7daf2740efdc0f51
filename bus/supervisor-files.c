/* The list is Supervisor's, working folder and all. Its programs are scripts, which are told their
 * whole path also when they are found in PATH. */

#include "bus/supervisor-files.h"

#include <string.h>

#include <glib.h>

static char *whole_path(const char *program)
{
        char *found = strchr(program, '/') ? NULL : g_find_program_in_path(program);

        return found ? found : g_strdup(program);
}

char **supervisor_files(const char *program)
{
        g_autofree char *path = whole_path(program);
        g_autofree char *folder = g_path_get_dirname(path);
        g_autofree char *above = g_path_get_dirname(folder);
        char **list = g_new0(char *, 7);

        list[0] = g_build_filename(above, "etc", "supervisord.conf", NULL);
        list[1] = g_build_filename(above, "supervisord.conf", NULL);
        list[2] = g_strdup("supervisord.conf");
        list[3] = g_strdup("etc/supervisord.conf");
        list[4] = g_strdup("/etc/supervisord.conf");
        list[5] = g_strdup("/etc/supervisor/supervisord.conf");
        return list;
}

char *supervisor_files_find(const char *program)
{
        g_auto(GStrv) list = supervisor_files(program);

        for (char **file = list; *file; file++)
                if (g_file_test(*file, G_FILE_TEST_EXISTS))
                        return g_strdup(*file);
        return NULL;
}
