/* Never in PATH: what is started there gets the daemon's token. */

#include "daemon/host-program.h"

#include <stdbool.h>

#include <glib.h>

static bool is_program(const char *path)
{
        return g_file_test(path, G_FILE_TEST_IS_EXECUTABLE) &&
               !g_file_test(path, G_FILE_TEST_IS_DIR);
}

char *host_program_find(const char *name)
{
        g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
        g_autofree char *folder = self ? g_path_get_dirname(self) : g_strdup(".");
        g_autofree char *beside = g_build_filename(folder, name, NULL);
        g_autofree char *prefixed =
                        g_build_filename(folder, "..", "libexec", "busvisor", name, NULL);

        if (is_program(beside))
                return g_steal_pointer(&beside);
        if (is_program(prefixed))
                return g_steal_pointer(&prefixed);
        return g_build_filename(LIBEXECDIR, name, NULL);
}
