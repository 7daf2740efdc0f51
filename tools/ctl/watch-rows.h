/* Watch rows: what the live view shows of each process, from one look at the daemon to the next.
 *
 * Knows neither terminal nor bus, and the time is an argument. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <glib.h>

#include "bus/state.h"

#define WATCH_UNKNOWN UINT64_MAX

typedef struct WatchRow {
        char *name; /* as people see it */
        char *group, *process;
        ProcessState state;
        pid_t pid;            /* 0 = none */
        uint64_t uptime_usec; /* WATCH_UNKNOWN while it does not run, as all of these */
        uint64_t memory;      /* bytes */
        double cpu;           /* percent of one processor since the last look; -1 = unknown */
        uint32_t n_restarts;
        uint64_t lag_events; /* of the pool that it listens for; WATCH_UNKNOWN = it is no listener
                              */
        unsigned position;   /* in the daemon's order */
} WatchRow;

typedef enum WatchKey {
        WATCH_BY_NAME, /* the daemon's order */
        WATCH_BY_STATE,
        WATCH_BY_CPU,
        WATCH_BY_MEMORY,
        WATCH_BY_UPTIME,
        WATCH_BY_RESTARTS,
        WATCH_BY_LAG,
        WATCH_BY_PID,
        _WATCH_KEY_MAX,
        _WATCH_KEY_INVALID = -1,
} WatchKey;

const char *watch_key_to_string(WatchKey key);
/* _WATCH_KEY_INVALID for what is none. */
WatchKey watch_key_from_string(const char *text);
/* "name, state, …", for people. Caller frees with g_free. */
char *watch_key_list(void);

/* What the daemon said at one moment. */
typedef struct WatchLook {
        const GPtrArray *processes; /* of ProcessEntry: those that are wanted */
        const GPtrArray *usage;     /* of UsageEntry, all */
        const GPtrArray *pools;     /* of PoolLag, all */
        uint64_t realtime_usec, monotonic_usec;
} WatchLook;

typedef struct WatchRows WatchRows;

WatchRows *watch_rows_new(void);
WatchRows *watch_rows_free(WatchRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WatchRows, watch_rows_free)

/* The largest comes first, but for names, states and process ids; reverse = the other way. */
void watch_rows_set_order(WatchRows *rows, WatchKey key, bool reverse);
/* Of a process that was not there at the last look, the average since it started is its CPU. */
void watch_rows_look(WatchRows *rows, const WatchLook *look);

/* In order; borrowed until the next look. */
unsigned watch_rows_count(const WatchRows *rows);
unsigned watch_rows_longest_name(const WatchRows *rows); /* in characters */
bool watch_rows_has_lag(const WatchRows *rows);          /* is any of them a listener? */
const WatchRow *watch_rows_at(const WatchRows *rows, unsigned position);
