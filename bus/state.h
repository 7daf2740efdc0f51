/* State: the states of a process and of the daemon, with Supervisor's names and codes. */
#pragma once

#include <stdbool.h>

/* The numbers are in event logs on disks: what is added comes last. */
typedef enum ProcessState {
        PROCESS_STOPPED,
        PROCESS_STARTING,
        PROCESS_RUNNING,
        PROCESS_BACKOFF,
        PROCESS_STOPPING,
        PROCESS_EXITED,
        PROCESS_FATAL,
        PROCESS_UNKNOWN,
        _PROCESS_STATE_MAX,
        _PROCESS_STATE_INVALID = -1,
} ProcessState;

/* "STOPPED", "STARTING" and so on. */
const char *process_state_to_string(ProcessState state);
/* _PROCESS_STATE_INVALID when the name is none of ours. */
ProcessState process_state_from_string(const char *name);

/* The numbers of Supervisor's XML-RPC: 0, 10, 20, 30, 40, 100, 200, 1000. */
int process_state_code(ProcessState state);

/* Supervisor's three sets. STOPPING is in neither of the first two; BACKOFF counts as running. */
bool process_state_is_stopped(ProcessState state);
bool process_state_is_running(ProcessState state);
bool process_state_is_signallable(ProcessState state);

typedef enum SupervisorState {
        SUPERVISOR_RUNNING,
        SUPERVISOR_RESTARTING,
        SUPERVISOR_SHUTDOWN,
        _SUPERVISOR_STATE_MAX,
} SupervisorState;

/* "RUNNING", "RESTARTING", "SHUTDOWN"; codes 1, 0, -1. */
const char *supervisor_state_to_string(SupervisorState state);
int supervisor_state_code(SupervisorState state);
