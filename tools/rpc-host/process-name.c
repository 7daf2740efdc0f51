/* Goes by object paths, which are exact: the daemon's own names know words such as "all" besides.
 */

#include "tools/rpc-host/process-name.h"

#include <string.h>

#include "bus/names.h"

void process_name_parse(const char *text, ProcessName *ret)
{
        const char *colon = strchr(text, ':');

        ret->group = colon ? g_strndup(text, colon - text) : g_strdup(text);
        if (colon && (colon[1] == '\0' || strcmp(colon + 1, "*") == 0))
                ret->process = NULL;
        else
                ret->process = g_strdup(colon ? colon + 1 : text);
}

void process_name_clear(ProcessName *name)
{
        g_clear_pointer(&name->group, g_free);
        g_clear_pointer(&name->process, g_free);
}

static bool can_be(const char *name)
{
        return !name || strlen(name) <= BUS_PATH_NAME_MAX;
}

char *process_name_path(const ProcessName *name)
{
        if (!can_be(name->group) || !can_be(name->process))
                return NULL;
        return name->process ? bus_path_process(name->group, name->process)
                             : bus_path_group(name->group);
}

char *process_name_of(const char *group, const char *process)
{
        if (strcmp(group, process) == 0)
                return g_strdup(process);
        return g_strconcat(group, ":", process, NULL);
}
