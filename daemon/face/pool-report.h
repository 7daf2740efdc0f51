/* Pool report: what the listener-host tells of a pool with each Commit, for those who look at it.
 *
 * A host counts from its beginning; the totals here are of all hosts of this run. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <systemd/sd-bus.h>

typedef enum PoolCount {
        POOL_COUNT_DELIVERED,
        POOL_COUNT_RETRIED,
        POOL_COUNT_VIOLATIONS,
        POOL_COUNT_GIVEN_UP,
        POOL_COUNT_DISCARDED,
        _POOL_COUNT_MAX,
} PoolCount;

typedef struct ListenerReport {
        char *process;
        uint64_t generation;
        char *state; /* of the protocol: "READY" … */
        uint64_t n_delivered;
        uint64_t in_hand;    /* serial of the event that it has; 0 = none */
        uint64_t given_usec; /* CLOCK_MONOTONIC: when it got that; 0 = never */
} ListenerReport;

typedef struct PoolReport {
        bool is_current; /* the host is there that made it */
        uint64_t since;  /* tells hosts apart */
        uint64_t counts[_POOL_COUNT_MAX];
        uint64_t before[_POOL_COUNT_MAX]; /* of earlier hosts */
        uint32_t queued, in_hand;         /* events */
        GPtrArray *listeners;             /* ListenerReport: those that the host holds */
} PoolReport;

/* Nothing was reported yet. */
PoolReport *pool_report_new(void);
PoolReport *pool_report_free(PoolReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PoolReport, pool_report_free)

/* Reads an a{sv} into a new report, with so many listeners at most. Negative errno of sd-bus. */
int pool_report_read(sd_bus_message *m, unsigned max_listeners, PoolReport *report);

uint64_t pool_report_total(const PoolReport *report, PoolCount count);
/* NULL when the host does not hold that run of it. */
const ListenerReport *pool_report_find(
                const PoolReport *report, const char *process, uint64_t generation);

/* The report that was valid until now: its host is the same, or one that came before. */
void pool_report_succeed(PoolReport *report, const PoolReport *last);
/* The host has gone: it holds nothing any more. */
void pool_report_end(PoolReport *report);
