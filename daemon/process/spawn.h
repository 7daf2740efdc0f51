/* Spawn: makes a process out of a ChildSetup, without copying the daemon's memory. */
#pragma once

#include "daemon/process/child-setup.h"

typedef struct Spawned {
        pid_t pid;
        int pidfd; /* close-on-exec; the caller's */
} Spawned;

/* Returns when the program is being executed, or could not be. 0 and *ret; negative errno of
 * clone(2), or -ECHILD with *failure when the child got no further than a step before the program
 * (it has been reaped then). */
int spawn(const ChildSetup *setup, Spawned *ret, ChildFailure *failure);
