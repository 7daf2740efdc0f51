/* Board: what the status page shows, as it was read from the daemon and as it has changed since.
 *
 * Each change makes a new revision, and everything on the board knows the revision in which it
 * changed last. So whoever has seen one of them is told what is new since then, however long ago
 * that was, and nothing has to be kept for him. Knows no bus. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <glib.h>

#include "bus/state.h"

/* Times: microseconds of CLOCK_REALTIME, 0 = never. */
typedef struct BoardProcess {
        char *path; /* of its object */
        char *group;
        char *name;
        ProcessState state;
        uint32_t pid; /* 0 = none */
        uint64_t start_usec;
        uint64_t stop_usec;
        char *spawn_error;   /* may be empty */
        int32_t exit_status; /* -1 = killed by a signal */
        int32_t term_signal; /* 0 = none, or unknown */
        uint64_t revision;
} BoardProcess;

typedef struct BoardPool {
        char *path;
        char *name;
        uint32_t queued, in_hand, dead_letters;
        uint64_t lag_events, lag_usec;
        uint64_t delivered, retried, given_up, discarded;
        uint64_t revision;
} BoardPool;

typedef struct BoardDaemon {
        char *identifier;
        char *version;
        char *state;
        uint32_t pid;
        uint64_t start_usec;
        uint64_t revision;
} BoardDaemon;

typedef struct Board Board;

/* Nothing is known yet. */
Board *board_new(void);
Board *board_free(Board *board);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Board, board_free)

/* For free, give an array of them the second one. */
BoardProcess *board_process_new(const char *path, const char *group, const char *name);
void board_process_free(void *process);
BoardPool *board_pool_new(const char *path, const char *name);
void board_pool_free(void *pool);

/* Grows with each change, from 1 on. */
uint64_t board_revision(const Board *board);

/* Is the daemon there, and has all of it been read? */
bool board_is_complete(const Board *board);
BoardDaemon *board_daemon(Board *board);
/* Of BoardProcess and BoardPool, in the order in which they were given. */
const GPtrArray *board_processes(const Board *board);
const GPtrArray *board_pools(const Board *board);
/* By the path of the object. NULL when there is none. */
BoardProcess *board_find_process(const Board *board, const char *path);
BoardPool *board_find_pool(const Board *board, const char *path);

/* Forgets everything: the daemon is away, or is to be read anew. */
void board_clear(Board *board);
/* Takes over the arrays. What there was is forgotten. */
void board_fill(Board *board, GPtrArray *processes, GPtrArray *pools);
/* To be called with the revision of what has been changed in place. */
void board_touch(Board *board, uint64_t *revision);

/* What is new since a revision, 0 = all, as a message of an event stream: "snapshot", "change", or
 * "away" when the board is not complete. NULL when nothing is. now: CLOCK_REALTIME, for the reader,
 * whose clock may be another. Caller unrefs. */
GBytes *board_message(Board *board, uint64_t since, uint64_t now_usec);
