/* One table per enum: a state added without its row is found by the test that walks all values. */

#include "bus/state.h"

#include <string.h>

#include <glib.h>

typedef struct StateInfo {
        const char *name;
        int code;
        bool stopped, running, signallable;
} StateInfo;

static const StateInfo states[_PROCESS_STATE_MAX] = {
        [PROCESS_STOPPED] = { "STOPPED", 0, .stopped = true },
        [PROCESS_STARTING] = { "STARTING", 10, .running = true, .signallable = true },
        [PROCESS_RUNNING] = { "RUNNING", 20, .running = true, .signallable = true },
        [PROCESS_BACKOFF] = { "BACKOFF", 30, .running = true },
        [PROCESS_STOPPING] = { "STOPPING", 40, .signallable = true },
        [PROCESS_EXITED] = { "EXITED", 100, .stopped = true },
        [PROCESS_FATAL] = { "FATAL", 200, .stopped = true },
        [PROCESS_UNKNOWN] = { "UNKNOWN", 1000, .stopped = true },
};

static const StateInfo *state_info(ProcessState state)
{
        g_assert(state >= 0 && state < _PROCESS_STATE_MAX);
        return &states[state];
}

const char *process_state_to_string(ProcessState state)
{
        return state_info(state)->name;
}

ProcessState process_state_from_string(const char *name)
{
        for (int i = 0; i < _PROCESS_STATE_MAX; i++)
                if (strcmp(states[i].name, name) == 0)
                        return i;
        return _PROCESS_STATE_INVALID;
}

int process_state_code(ProcessState state)
{
        return state_info(state)->code;
}

bool process_state_is_stopped(ProcessState state)
{
        return state_info(state)->stopped;
}

bool process_state_is_running(ProcessState state)
{
        return state_info(state)->running;
}

bool process_state_is_signallable(ProcessState state)
{
        return state_info(state)->signallable;
}

static const struct {
        const char *name;
        int code;
} supervisor_states[_SUPERVISOR_STATE_MAX] = {
        [SUPERVISOR_RUNNING] = { "RUNNING", 1 },
        [SUPERVISOR_RESTARTING] = { "RESTARTING", 0 },
        [SUPERVISOR_SHUTDOWN] = { "SHUTDOWN", -1 },
};

const char *supervisor_state_to_string(SupervisorState state)
{
        g_assert(state < _SUPERVISOR_STATE_MAX);
        return supervisor_states[state].name;
}

int supervisor_state_code(SupervisorState state)
{
        g_assert(state < _SUPERVISOR_STATE_MAX);
        return supervisor_states[state].code;
}
