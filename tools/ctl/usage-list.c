/* Both are read whole, like the list of processes, so that what is shown is of one moment. */

#include "tools/ctl/usage-list.h"

UsageEntry *usage_entry_new(const UsageEntry *entry)
{
        UsageEntry *copy = g_new(UsageEntry, 1);

        *copy = *entry;
        copy->group = g_strdup(entry->group);
        copy->process = g_strdup(entry->process);
        return copy;
}

void usage_entry_free(void *pointer)
{
        UsageEntry *entry = pointer;

        g_free(entry->group);
        g_free(entry->process);
        g_free(entry);
}

PoolLag *pool_lag_new(const char *pool, uint64_t lag_events)
{
        PoolLag *lag = g_new(PoolLag, 1);

        lag->pool = g_strdup(pool);
        lag->lag_events = lag_events;
        return lag;
}

void pool_lag_free(void *pointer)
{
        PoolLag *lag = pointer;

        g_free(lag->pool);
        g_free(lag);
}

/* 1 with an entry, 0 at the end of the array. */
static int read_usage(sd_bus_message *reply, GPtrArray *list)
{
        const char *group, *process;
        uint32_t pid;
        UsageEntry entry;
        int r = sd_bus_message_read(reply, "(ssuttu)", &group, &process, &pid, &entry.cpu_nsec,
                        &entry.memory, &entry.n_restarts);

        if (r <= 0)
                return r;
        entry.group = (char *)group;
        entry.process = (char *)process;
        entry.pid = pid;
        g_ptr_array_add(list, usage_entry_new(&entry));
        return 1;
}

GPtrArray *usage_list_from_reply(sd_bus_message *reply)
{
        GPtrArray *list = g_ptr_array_new_with_free_func(usage_entry_free);
        int r = sd_bus_message_enter_container(reply, 'a', "(ssuttu)");

        while (r > 0)
                r = read_usage(reply, list);
        if (r == 0)
                return list;
        g_ptr_array_unref(list);
        return NULL;
}

static int read_pool(sd_bus_message *reply, GPtrArray *list)
{
        const char *pool, *path;
        uint32_t n_listeners, n_running, dead_letters;
        uint64_t lag_events, delivered;
        int r = sd_bus_message_read(reply, "(souuttu)", &pool, &path, &n_listeners, &n_running,
                        &lag_events, &delivered, &dead_letters);

        if (r > 0)
                g_ptr_array_add(list, pool_lag_new(pool, lag_events));
        return r;
}

GPtrArray *pool_lags_from_reply(sd_bus_message *reply)
{
        GPtrArray *list = g_ptr_array_new_with_free_func(pool_lag_free);
        int r = sd_bus_message_enter_container(reply, 'a', "(souuttu)");

        while (r > 0)
                r = read_pool(reply, list);
        if (r == 0)
                return list;
        g_ptr_array_unref(list);
        return NULL;
}
