/* Progress: how far an operation on many processes has come, told from their states.
 *
 * Only to look at while waiting; how it went, the daemon's answer says. */
#pragma once

#include <glib.h>

#include "bus/state.h"
#include "tools/ctl/results.h"

typedef struct Progress Progress;

/* OPERATION_START, OPERATION_STOP or OPERATION_RESTART. selection: of ProcessEntry, as they were
 * before; those that have nothing to do are left out. */
Progress *progress_new(Operation operation, const GPtrArray *selection);
Progress *progress_free(Progress *progress);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Progress, progress_free)

/* How many processes it is about. */
unsigned progress_total(const Progress *progress);

/* A process, one of ours or not, is in that state now. */
void progress_change(
                Progress *progress, const char *group, const char *process, ProcessState state);

/* "started 37 of 100, 1 failed, waiting for a, b, c", cut to the width (0 = not). Caller frees with
 * g_free. */
char *progress_text(const Progress *progress, unsigned width);
