/* Stores: what is kept of events for later: the event log, and of each listener pool how far it has
 * come in it and its dead letters. On the disk where there is a state folder, else in memory alone.
 */
#pragma once

#include <systemd/sd-event.h>

#include "daemon/config/config.h"
#include "daemon/event/cursor.h"
#include "daemon/event/dead-letters.h"
#include "daemon/event/log.h"
#include "daemon/event/pool-store.h"
#include "daemon/state-folder.h"

/* For all who work with them; they stay as long as the stores are open. */
typedef struct Stores {
        EventLog *events;
        Cursors *cursors;
        DeadLetters *dead_letters;
        PoolStore *pools;
} Stores;

/* Into a *ret of zeros. folder, which is borrowed for good: NULL = nothing is to outlast the run.
 * Negative errno of the loop; the stores have to be closed then, too. */
int stores_open(const SupervisordConfig *config, StateFolder *folder, sd_event *loop, Stores *ret);
/* Writes what has not been written. */
void stores_close(Stores *stores);
