/* Reads names and nothing else: what is done with the processes, and which of them are passed over,
 * is the caller's. */

#include "daemon/process/selector.h"

#include <string.h>

#include "bus/error.h"

static void match_group(const Group *group, SelectorMatch on_match, void *userdata)
{
        const GPtrArray *processes = group_processes(group);

        for (guint i = 0; i < processes->len; i++)
                on_match(processes->pdata[i], false, userdata);
}

static void match_all(const Manager *manager, SelectorMatch on_match, void *userdata)
{
        const GPtrArray *groups = manager_groups(manager);

        for (guint i = 0; i < groups->len; i++)
                match_group(groups->pdata[i], on_match, userdata);
}

void selector_find(const Manager *manager, const char *name, SelectorMatch on_match,
                SelectorMiss on_miss, void *userdata)
{
        const char *colon = strchr(name, ':');
        const char *process_name = colon ? colon + 1 : name;
        g_autofree char *group_name = colon ? g_strndup(name, colon - name) : g_strdup(name);
        bool whole = colon && (*process_name == '\0' || strcmp(process_name, "*") == 0);
        Group *group;
        Process *process;

        if (strcmp(name, "all") == 0) {
                match_all(manager, on_match, userdata);
                return;
        }
        group = manager_find_group(manager, group_name);
        if (whole && group) {
                match_group(group, on_match, userdata);
                return;
        }
        if (whole) {
                on_miss(group_name, NULL, BUS_ERROR_NO_SUCH_GROUP, userdata);
                return;
        }
        process = group ? group_find(group, process_name) : NULL;
        if (process)
                on_match(process, true, userdata);
        else
                on_miss(group_name, process_name, BUS_ERROR_NO_SUCH_PROCESS, userdata);
}
