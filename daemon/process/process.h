/* Process: one supervised program: its state, its timers, and its run while it lives.
 *
 * Turns exits and timers into inputs of the machine, and the machine's actions into system calls.
 * Every change of state becomes an Event and a line in the main log. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <glib.h>

#include "bus/state.h"
#include "daemon/process/child.h"
#include "daemon/process/context.h"
#include "daemon/process/watch-list.h"

/* config and context are borrowed. Creates AUTO log files. */
Process *process_new(const ProcessConfig *config, bool is_listener, const ProcessContext *context);
/* A child that still runs is left alone. */
Process *process_free(Process *process);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Process, process_free)

const ProcessConfig *process_config(const Process *process);
const ProcessContext *process_context(const Process *process);
bool process_is_listener(const Process *process);
ProcessState process_state(const Process *process);
pid_t process_pid(const Process *process);                  /* 0 = none */
uint64_t process_generation(const Process *process);        /* number of runs so far */
uint64_t process_start_usec(const Process *process);        /* CLOCK_REALTIME; 0 = never */
uint64_t process_start_monotonic(const Process *process);   /* CLOCK_MONOTONIC; 0 = never */
uint64_t process_stop_usec(const Process *process);         /* CLOCK_REALTIME; 0 = never */
const ChildExit *process_last_exit(const Process *process); /* zeros before the first */
/* How the last start ended, as a shell has it in $?: the exit code, 128 and the number of the
 * signal that killed it, 127 when there is no such program, 126 when it could not be executed. */
int process_exit_status(const Process *process);
const char *process_spawn_error(const Process *process); /* "" when all is well */
unsigned process_tries(const Process *process);
unsigned process_restarts(const Process *process); /* starts that nobody asked for */
/* Paths; NULL when there is none. */
const char *process_stdout_log(const Process *process);
const char *process_stderr_log(const Process *process);
/* So much of its output its logs, syslog and the journal did not take. */
uint64_t process_lost_bytes(const Process *process);
/* Will start again by itself, though it does not run now. */
bool process_restart_is_due(const Process *process);
/* Of a listener that runs; -1 else. Borrowed. */
int process_listener_stdin(const Process *process);
int process_listener_stdout(const Process *process);
/* Where the listener-host writes what came from stdout; -1 also when there is no log. */
int process_listener_log(const Process *process);

/* Another configuration under the same name, borrowed; the old one is not used any more. What the
 * present run was started with stays as it is; how it is stopped and restarted, and how its logs
 * are rotated, follows the new one at once. */
void process_set_config(Process *process, const ProcessConfig *config);

/* A listener-host has taken over the pipes of the present run. */
bool process_is_leased(const Process *process);
void process_lease(Process *process);

/* Requests; what makes no sense in the present state is ignored (see job.h for answers). */
void process_start(Process *process);
void process_stop(Process *process);
/* Likewise, for somebody on the bus, see Event; NULL = for nobody in particular. */
void process_start_for(Process *process, const char *asked_by);
void process_stop_for(Process *process, const char *asked_by);
/* The daemon ends: a failed start is not tried again. */
void process_give_up(Process *process);
/* Does not wait for stopwaitsecs any more. */
void process_hasten_stop(Process *process);
/* Negative errno; -ESRCH when there is no process. */
int process_signal(Process *process, int signal_number);
/* See stdin_queue_write(). Besides -ESRCH when there is no process or it is being stopped, -EBUSY
 * when a listener-host has its stdin, -EBADF when that is no pipe. */
int process_write_stdin(Process *process, const void *data, size_t size);
void process_reopen_logs(Process *process);
/* Empties them, whether it runs or not; backups stay. Negative errno. */
int process_clear_logs(Process *process);

/* Told after each change, outside of any transition, so that it can ask for the state and make
 * requests. gone: the process is being freed, and must not be touched any more. */
void process_watch(Process *process, ProcessWatcher watcher, void *userdata);
void process_unwatch(Process *process, ProcessWatcher watcher, void *userdata);
/* How many are told. */
size_t process_watchers(const Process *process);
