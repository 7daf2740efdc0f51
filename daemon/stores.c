/* Each store knows its own bounds; here is only what the configuration says of them, and that the
 * pools' file goes by the event log, so it is opened after it and closed before. */

#include "daemon/stores.h"

/* The event log where it is in memory alone. */
#define LOG_MAX_EVENTS 65536
#define LOG_MAX_BYTES  (32 * 1024 * 1024)

#define USEC_PER_SEC UINT64_C(1000000)

static EventLog *open_events(const SupervisordConfig *config, StateFolder *folder)
{
        const EventStoreSetup setup = {
                .folder = folder,
                .max_bytes = MAX(config->event_log_maxbytes, 0),
                .max_age_usec = config->event_log_maxage * USEC_PER_SEC,
                .sync = config->event_log_sync,
        };

        return folder ? event_log_new_on_disk(&setup)
                      : event_log_new(LOG_MAX_EVENTS, LOG_MAX_BYTES);
}

static PoolStore *open_pools(
                const SupervisordConfig *config, StateFolder *folder, const Stores *stores)
{
        const PoolStoreSetup setup = {
                .folder = folder,
                .events = stores->events,
                .cursors = stores->cursors,
                .letters = stores->dead_letters,
                .max_age_usec = config->event_log_maxage * USEC_PER_SEC,
                .sync = config->event_log_sync,
        };

        return pool_store_new(&setup);
}

int stores_open(const SupervisordConfig *config, StateFolder *folder, sd_event *loop, Stores *ret)
{
        int r;

        ret->events = open_events(config, folder);
        r = event_log_attach(ret->events, loop);
        if (r < 0)
                return r;
        ret->cursors = cursors_new();
        ret->dead_letters = dead_letters_new(DEAD_LETTERS_MAX, DEAD_LETTERS_MAX_BYTES);
        ret->pools = open_pools(config, folder, ret);
        return 0;
}

void stores_close(Stores *stores)
{
        pool_store_free(stores->pools);
        dead_letters_free(stores->dead_letters);
        cursors_free(stores->cursors);
        event_log_free(stores->events);
        *stores = (Stores){};
}
