/* Patience: what is said about a listener when something has lasted too long.
 *
 * A pipe that is closed may only be the first that is seen of an end, and READY may just take its
 * time: so each thing is told after a while, and once, unless it has ended by then. Plain data and
 * no clock: time is an argument, in microseconds of CLOCK_MONOTONIC. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef enum Nuisance {
        NUISANCE_NOT_READY,     /* neither READY nor busy */
        NUISANCE_UNREAD,        /* READY, while the event before is not read */
        NUISANCE_STDIN_CLOSED,  /* and alive */
        NUISANCE_STDOUT_CLOSED, /* likewise */
        _NUISANCE_MAX,
} Nuisance;

#define PATIENCE_NEVER UINT64_MAX

/* Begins as zeros. */
typedef struct Patience {
        struct {
                bool lasts, is_told;
                uint64_t due_usec;
        } of[_NUISANCE_MAX];
} Patience;

/* It begins, unless it has already. */
void patience_begin(Patience *patience, Nuisance what, uint64_t now_usec);
void patience_end(Patience *patience, Nuisance what);

/* When there may be something to tell; PATIENCE_NEVER when there will be nothing. */
uint64_t patience_next_due(const Patience *patience);
/* What is to be told now, as the end of a sentence that begins with the listener; NULL when there
 * is nothing more. */
const char *patience_take(Patience *patience, uint64_t now_usec);
