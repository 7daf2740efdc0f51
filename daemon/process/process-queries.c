/* What others ask of a process; nothing here changes it. */

#include "daemon/process/process-private.h"

const ProcessConfig *process_config(const Process *process)
{
        return process->config;
}

const ProcessContext *process_context(const Process *process)
{
        return process->context;
}

bool process_is_listener(const Process *process)
{
        return process->is_listener;
}

ProcessState process_state(const Process *process)
{
        return process->state;
}

pid_t process_pid(const Process *process)
{
        return process->run ? run_pid(process->run) : 0;
}

uint64_t process_generation(const Process *process)
{
        return process->generation;
}

uint64_t process_start_usec(const Process *process)
{
        return process->start_usec;
}

uint64_t process_start_monotonic(const Process *process)
{
        return process->start_monotonic;
}

uint64_t process_stop_usec(const Process *process)
{
        return process->stop_usec;
}

const ChildExit *process_last_exit(const Process *process)
{
        return &process->last_exit;
}

int process_exit_status(const Process *process)
{
        if (process->failed_start > 0)
                return process->failed_start;
        if (process->last_exit.term_signal > 0)
                return 128 + process->last_exit.term_signal;
        return process->last_exit.code;
}

const char *process_spawn_error(const Process *process)
{
        return process->spawn_error ? process->spawn_error : "";
}

unsigned process_tries(const Process *process)
{
        return process->tries;
}

unsigned process_restarts(const Process *process)
{
        return process->restarts;
}

const char *process_stdout_log(const Process *process)
{
        return process->output_log.path;
}

const char *process_stderr_log(const Process *process)
{
        return process->error_log.path;
}

uint64_t process_lost_bytes(const Process *process)
{
        return process->loss->bytes;
}

bool process_restart_is_due(const Process *process)
{
        return process->state == PROCESS_EXITED && deadline_is_set(process->deadline);
}

int process_listener_stdin(const Process *process)
{
        return process->run ? run_stdin(process->run) : -1;
}

int process_listener_stdout(const Process *process)
{
        return process->run ? run_stdout(process->run) : -1;
}

int process_listener_log(const Process *process)
{
        return process->run ? run_stdout_log(process->run) : -1;
}

bool process_is_leased(const Process *process)
{
        return process->run && process->leased_generation == process->generation;
}
