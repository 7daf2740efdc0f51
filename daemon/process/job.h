/* Job: a request to start, stop or restart one process, that is answered when the work is done.
 *
 * Error names are those of bus/error.h. A job ends by itself; nobody can cancel it. */
#pragma once

#include <stdbool.h>

#include "daemon/process/process.h"

typedef enum JobKind {
        JOB_START,   /* done when RUNNING */
        JOB_STOP,    /* done when the process has ended */
        JOB_RESTART, /* stop what runs, then start */
} JobKind;

/* error is NULL when it worked; else a bus error name, and message says it in words. */
typedef void (*JobDone)(Process *process, const char *error, const char *message, void *userdata);

/* Calls done exactly once, perhaps before it returns. wait = false: as soon as the work has begun.
 * asked_by: see Event; may be NULL. */
void job_run(Process *process, JobKind kind, bool wait, const char *asked_by, JobDone done,
                void *userdata);

/* Would this kind of job have anything to do? Group-wide requests leave out the rest. */
bool job_applies(const Process *process, JobKind kind);
