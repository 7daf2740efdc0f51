/* Paths are made and read in one place, so that what the daemon serves and what clients call cannot
 * drift apart. sd_bus_path_encode keeps any name, however odd, a legal path element. */

#include "bus/names.h"

#include <stdlib.h>

#include <glib.h>
#include <systemd/sd-bus.h>

bool bus_is_address(const char *text)
{
        static const char *const transports[] = {
                "unix:path=", "unix:abstract=", "unix:guid=", "tcp:", "unixexec:", "x-machine-unix:"
        };

        for (size_t i = 0; i < G_N_ELEMENTS(transports); i++)
                if (g_str_has_prefix(text, transports[i]))
                        return true;
        return false;
}

static char *path_below(const char *prefix, const char *name)
{
        char *path = NULL;

        /* Fails only without memory or with a prefix that is no path, or too long for one. */
        g_assert(sd_bus_path_encode(prefix, name, &path) >= 0);
        return path;
}

char *bus_path_group(const char *group)
{
        return path_below(BUS_PATH_GROUP, group);
}

char *bus_path_process(const char *group, const char *process)
{
        g_autofree char *parent = path_below(BUS_PATH_PROCESS, group);

        return path_below(parent, process);
}

char *bus_path_pool(const char *pool)
{
        return path_below(BUS_PATH_POOL, pool);
}

/* decode_many, since a plain sd_bus_path_decode takes deeper paths too. GLib frees with free() like
 * sd-bus, so what it allocates can be handed on as it is. */
static bool parse_below(const char *path, const char *path_template, char **ret_name)
{
        char *name = NULL;

        if (sd_bus_path_decode_many(path, path_template, &name) <= 0)
                return false;
        *ret_name = name;
        return true;
}

bool bus_path_parse_group(const char *path, char **ret_group)
{
        return parse_below(path, BUS_PATH_GROUP "/%", ret_group);
}

bool bus_path_parse_process(const char *path, char **ret_group, char **ret_process)
{
        g_autofree char *group = NULL;
        g_autofree char *process = NULL;

        if (sd_bus_path_decode_many(path, BUS_PATH_PROCESS "/%/%", &group, &process) <= 0)
                return false;
        *ret_group = g_steal_pointer(&group);
        *ret_process = g_steal_pointer(&process);
        return true;
}

bool bus_path_parse_pool(const char *path, char **ret_pool)
{
        return parse_below(path, BUS_PATH_POOL "/%", ret_pool);
}
