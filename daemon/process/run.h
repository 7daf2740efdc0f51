/* Run: one life of a program, from its spawning until it was reaped: the child, its pipes, its
 * logs.
 *
 * Of a listener only stderr is captured; the ends of its stdin and stdout are kept, unread, for the
 * listener-host, which writes what it reads into a pipe of ours that leads to the stdout log. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "daemon/process/child.h"
#include "daemon/process/command.h"
#include "daemon/process/context.h"

typedef struct Run Run;

typedef void (*RunExited)(const ChildExit *how, void *userdata);

/* What a run is made from; all borrowed, for the call alone but for context. */
typedef struct RunPlan {
        const ProcessContext *context;
        const ProcessConfig *config;
        const Command *command;
        bool is_listener;
        const char *stdout_log, *stderr_log; /* paths; NULL = none */
        OutputLoss *loss;                    /* a reference is taken */
} RunPlan;

/* The error is what goes into spawn_error. The run may be freed in on_exited. */
bool run_new(const RunPlan *plan, RunExited on_exited, void *userdata, Run **ret, GError **error);
/* Closes the pipes and forgets the child, which is not ended by it. */
Run *run_free(Run *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Run, run_free)

pid_t run_pid(const Run *run);
/* Negative errno; -ESRCH when the process is gone. */
int run_signal(Run *run, int signal_number, bool to_group);
/* See stdin_queue_write(); -EBADF when its stdin is no pipe. name is for the main log. */
int run_write_stdin(Run *run, const char *name, const void *data, size_t size);
/* Listeners: the end of stdin to write and of stdout to read, both non-blocking. Borrowed. */
int run_stdin(const Run *run);
int run_stdout(const Run *run);
/* Listeners: where to write what came from stdout, non-blocking; -1 when there is no log. Borrowed.
 */
int run_stdout_log(const Run *run);
/* The child has ended: reads what it has left in the pipes. Who has them open besides it can go on
 * writing to its logs. */
void run_end_output(Run *run);
void run_reopen_logs(Run *run);
/* Those that it has open. Negative errno. */
int run_clear_logs(Run *run);
/* Takes over how its logs are rotated; nothing else of a run can change. */
void run_set_rotation(Run *run, const ProcessConfig *config);
