/* Pool status: what the daemon tells of a listener pool and of each of its listeners. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <glib.h>

#include "bus/state.h"
#include "tools/ctl/client.h"

typedef struct ListenerStatus {
        char *process;
        ProcessState process_state;
        pid_t pid; /* 0 = none */
        uint64_t generation;
        char *state; /* of the protocol; empty = no listener-host holds it */
        uint64_t delivered;
        uint64_t event;      /* serial of the one in hand; 0 = none */
        uint64_t given_usec; /* CLOCK_MONOTONIC: since when it has that */
} ListenerStatus;

typedef struct PoolStatus {
        char *name;
        uint64_t cursor;
        uint32_t queued, in_hand, dead_letters;
        uint64_t lag_events, lag_usec;
        uint64_t delivered, retried, violations, given_up, discarded;
        GPtrArray *listeners; /* ListenerStatus, in the order of the configuration */
} PoolStatus;

/* Everything zero, and without listeners. For free, give the array pool_status_free. */
PoolStatus *pool_status_new(const char *name);
void pool_status_free(void *status);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PoolStatus, pool_status_free)

/* Takes over nothing: strings are copied. */
ListenerStatus *pool_status_add(PoolStatus *status, const char *process, ProcessState process_state,
                const char *state);

/* *ret is NULL when the pool has gone. False with an error of the FAILURE domain. */
bool pool_status_read(Client *client, const char *name, PoolStatus **ret, GError **error);
