/* Supply: gets the events of a pool out of the daemon's log, in time and in order. */
#pragma once

#include <stdint.h>

#include <glib.h>

#include "listener-host/call.h"
#include "listener-host/feed.h"

typedef struct Supply Supply;

/* Which events, and where they are; all borrowed. */
typedef struct SupplySource {
        const Peer *peer;
        const char *path; /* of the pool's object */
        const char *pool; /* its name, for the log */
        const char *run_id;
        uint64_t after; /* the pool is to get what comes after this serial */
} SupplySource;

typedef struct SupplyObserver {
        /* A page has come; it may be one without events. */
        void (*arrived)(void *userdata);
        /* A call to the daemon went wrong: the host should attach again. */
        void (*failed)(const char *what, const char *why, void *userdata);
} SupplyObserver;

Supply *supply_new(const SupplySource *source, const SupplyObserver *observer, void *userdata);
Supply *supply_free(Supply *supply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Supply, supply_free)

/* The pool takes events from it, and is told how far it has come. */
Feed *supply_feed(const Supply *supply);

/* Asks for a page where that should be done: n_waiting events have left the feed, and no listener
 * has got them yet. */
void supply_fetch(Supply *supply, size_t n_waiting);
/* The signal EventsArrived. */
void supply_arrived(Supply *supply, sd_bus_message *signal);
/* The peer has come or gone. */
void supply_reset(Supply *supply);
