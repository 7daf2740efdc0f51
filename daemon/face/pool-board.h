/* Pool board: how each listener pool fares: what the listener-host has reported of it, and how far
 * it is behind in the event log. */
#pragma once

#include <stdint.h>

#include "daemon/face/pool-report.h"
#include "daemon/process/manager.h"

typedef struct PoolBoard PoolBoard;

/* Something that is told of a pool is different now. */
typedef void (*PoolBoardChanged)(Group *pool, void *userdata);

/* manager is borrowed, and has no groups yet. */
PoolBoard *pool_board_new(
                sd_event *event, const Manager *manager, PoolBoardChanged changed, void *userdata);
PoolBoard *pool_board_free(PoolBoard *board);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PoolBoard, pool_board_free)

/* The pool must be on the board. Borrowed. */
const PoolReport *pool_board_report(const PoolBoard *board, const Group *pool);
/* Events in the log that the pool has not dealt with, as far as they are counted yet, and since
 * when the oldest of them waits, in microseconds. Likewise. */
uint64_t pool_board_lag_events(const PoolBoard *board, const Group *pool);
uint64_t pool_board_lag_usec(const PoolBoard *board, const Group *pool);

/* A pool has come, with a cursor. It is borrowed until it is removed. */
void pool_board_add(PoolBoard *board, Group *pool);
void pool_board_remove(PoolBoard *board, const Group *pool);
/* The pool may want other events now. */
void pool_board_configure(PoolBoard *board, Group *pool);
/* An event was appended to the log. */
void pool_board_event(PoolBoard *board, const Event *event);
/* The listener-host has moved the cursor of the pool. Takes the report. */
void pool_board_commit(PoolBoard *board, Group *pool, PoolReport *report);
/* It holds no pipes any more that we know of. */
void pool_board_host_gone(PoolBoard *board);
