/* Groups have few processes or many of one kind, so a table by name is kept beside the ordered
 * array. */

#include "daemon/process/group.h"

struct Group {
        const GroupConfig *config; /* borrowed */
        GPtrArray *processes;
        GHashTable *by_name; /* borrows from processes */
};

static void free_process(gpointer process)
{
        process_free(process);
}

Group *group_new(const GroupConfig *config, const ProcessContext *context)
{
        Group *group = g_new0(Group, 1);

        group->config = config;
        group->processes = g_ptr_array_new_with_free_func(free_process);
        group->by_name = g_hash_table_new(g_str_hash, g_str_equal);
        for (guint i = 0; i < config->processes->len; i++) {
                ProcessConfig *member = config->processes->pdata[i];
                Process *process =
                                process_new(member, config->kind == GROUP_EVENTLISTENER, context);

                g_ptr_array_add(group->processes, process);
                g_hash_table_insert(group->by_name, member->name, process);
        }
        return group;
}

Group *group_free(Group *group)
{
        if (!group)
                return NULL;
        g_hash_table_unref(group->by_name);
        g_ptr_array_unref(group->processes);
        g_free(group);
        return NULL;
}

const GroupConfig *group_config(const Group *group)
{
        return group->config;
}

const GPtrArray *group_processes(const Group *group)
{
        return group->processes;
}

Process *group_find(const Group *group, const char *process_name)
{
        return g_hash_table_lookup(group->by_name, process_name);
}

bool group_is_stopped(const Group *group)
{
        for (guint i = 0; i < group->processes->len; i++)
                if (!process_state_is_stopped(process_state(group->processes->pdata[i])))
                        return false;
        return true;
}
