/* Usage list: what processes take of the machine, and how far listener pools are behind. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#define USAGE_UNKNOWN UINT64_MAX

typedef struct UsageEntry {
        char *group, *process;
        pid_t pid;         /* 0 = none */
        uint64_t cpu_nsec; /* of its run; USAGE_UNKNOWN where it does not run */
        uint64_t memory;   /* bytes; likewise */
        uint32_t n_restarts;
} UsageEntry;

typedef struct PoolLag {
        char *pool;
        uint64_t lag_events;
} PoolLag;

/* Strings are copied. For free, give the array usage_entry_free or pool_lag_free. */
UsageEntry *usage_entry_new(const UsageEntry *entry);
void usage_entry_free(void *entry);
PoolLag *pool_lag_new(const char *pool, uint64_t lag_events);
void pool_lag_free(void *lag);

/* Out of what Manager.ListUsage and Manager.ListPools answer: arrays of UsageEntry and PoolLag, in
 * the daemon's order. NULL when they answer something else. */
GPtrArray *usage_list_from_reply(sd_bus_message *reply);
GPtrArray *pool_lags_from_reply(sd_bus_message *reply);
