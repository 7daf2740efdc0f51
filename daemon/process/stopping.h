/* Stopping: how a run is brought to its end: asked by its stop signal, killed when that has not
 * helped in time, and with it the rest of its process group, where the configuration says so.
 *
 * Knows no state and no clock. The signals that it sends, and what they do not achieve, are in the
 * main log. */
#pragma once

#include <stdbool.h>

#include "daemon/process/context.h"
#include "daemon/process/remains.h"
#include "daemon/process/run.h"

/* All zeros while nothing is being stopped. */
typedef struct Stopping {
        Remains *remains; /* when the leader has ended, and its group is waited for */
        unsigned kills;   /* SIGKILLs so far */
} Stopping;

void stopping_clear(Stopping *stopping);

/* The stop signal. Negative errno when the kernel refuses it. */
int stopping_ask(const ProcessConfig *config, Run *run);

/* The leader of this group was reaped after a stop: is there a rest that has to end too? */
bool stopping_concerns_group(const ProcessConfig *config, pid_t group);
/* Waits for that rest. True when SIGKILL is due for it at once. */
bool stopping_await_group(Stopping *stopping, const ProcessContext *context,
                const ProcessConfig *config, pid_t group, RemainsGone on_gone, void *userdata);

/* Nothing more can be done: in the group are only dead whom their parents do not reap, or SIGKILL
 * has been sent as often as makes sense. To be asked before each stopping_kill(). */
bool stopping_is_over(const Stopping *stopping, const ProcessConfig *config, const Run *run);
/* SIGKILL to the run, or to the rest of its group when that is waited for (run is NULL then).
 * Negative errno when the kernel refuses it for the run. */
int stopping_kill(Stopping *stopping, const ProcessConfig *config, Run *run);
