/* Pool store: keeps what is known of each listener pool, its cursor and its dead letters, in a file
 * below the state folder, and in memory where there is none.
 *
 * Watches both, and writes down each change at once. When it cannot it says so once, and tries
 * again now and then: whoever dies meanwhile delivers some events twice. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "daemon/config/config.h"
#include "daemon/event/cursor.h"
#include "daemon/event/dead-letters.h"
#include "daemon/state-folder.h"

typedef struct PoolStore PoolStore;

/* All borrowed. */
typedef struct PoolStoreSetup {
        StateFolder *folder; /* NULL = nothing is to outlast the run */
        const EventLog *events;
        Cursors *cursors;
        DeadLetters *letters;
        uint64_t max_age_usec; /* of the file of a pool that is gone; 0 = any */
        bool sync;             /* letters are on the disk before anybody hears of it */
} PoolStoreSetup;

PoolStore *pool_store_new(const PoolStoreSetup *setup);
PoolStore *pool_store_free(PoolStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PoolStore, pool_store_free)

/* A pool comes, and gets its cursor: a durable one where it was, any other at the end of the event
 * log. Its dead letters are there again. */
void pool_store_begin(PoolStore *store, const GroupConfig *config);
/* It goes, or will come again. */
void pool_store_end(PoolStore *store, const char *pool);
/* All pools have come: removes the files of others that nobody has used for long. */
void pool_store_tidy(PoolStore *store);
