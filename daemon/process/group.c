/* Groups have few processes or many of one kind, so a table by name is kept beside the ordered
 * array. */

#include "daemon/process/group.h"

struct Group {
        const GroupConfig *config;     /* borrowed */
        const ProcessContext *context; /* borrowed */
        GPtrArray *processes;
        GHashTable *by_name; /* char * (its own: a name changes its place with the configuration) to
                                Process *, borrowed */
};

static void free_process(gpointer process)
{
        process_free(process);
}

Group *group_new(const GroupConfig *config, const ProcessContext *context)
{
        Group *group = g_new0(Group, 1);

        group->config = config;
        group->context = context;
        group->processes = g_ptr_array_new_with_free_func(free_process);
        group->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        for (guint i = 0; i < config->processes->len; i++)
                (void)group_add(group, config->processes->pdata[i]);
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

static int compare_places(gconstpointer a, gconstpointer b, gpointer places)
{
        int x = GPOINTER_TO_INT(g_hash_table_lookup(places, *(Process *const *)a));
        int y = GPOINTER_TO_INT(g_hash_table_lookup(places, *(Process *const *)b));

        return x - y;
}

/* As its configuration has them; those that are not in it come first. */
static void sort(Group *group)
{
        g_autoptr(GHashTable) places = g_hash_table_new(NULL, NULL);
        const GPtrArray *configs = group->config->processes;

        for (guint i = 0; i < configs->len; i++) {
                const ProcessConfig *config = configs->pdata[i];
                Process *process = group_find(group, config->name);

                if (process)
                        g_hash_table_insert(places, process, GINT_TO_POINTER(i + 1));
        }
        g_ptr_array_sort_with_data(group->processes, compare_places, places);
}

void group_set_config(Group *group, const GroupConfig *config)
{
        group->config = config;
        sort(group);
}

Process *group_add(Group *group, const ProcessConfig *config)
{
        bool is_listener = group->config->kind == GROUP_EVENTLISTENER;
        Process *process = process_new(config, is_listener, group->context);

        g_ptr_array_add(group->processes, process);
        g_hash_table_insert(group->by_name, g_strdup(config->name), process);
        return process;
}

void group_remove(Group *group, Process *process)
{
        g_hash_table_remove(group->by_name, process_config(process)->name);
        g_ptr_array_remove(group->processes, process);
}

bool group_is_stopped(const Group *group)
{
        for (guint i = 0; i < group->processes->len; i++)
                if (!process_state_is_stopped(process_state(group->processes->pdata[i])))
                        return false;
        return true;
}
