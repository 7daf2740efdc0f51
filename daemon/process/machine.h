/* Machine: the states of a process and what moves it from one to the next, as one table.
 *
 * Supervisor's transitions, with its defects left out (a process in UNKNOWN ends like any other).
 * Pure: knows no pid, clock, loop, file or bus. Process turns exits and timers into inputs, and
 * actions into system calls. */
#pragma once

#include <stdbool.h>

#include "bus/state.h"

typedef enum ProcessInput {
        INPUT_START,              /* somebody asked, or autostart */
        INPUT_SPAWN_FAILED,       /* there is no child: not found, no fork, no exec … */
        INPUT_UP_LONG_ENOUGH,     /* startsecs have passed */
        INPUT_EXITED_TOO_QUICKLY, /* the child ended before startsecs */
        INPUT_EXITED,             /* the child ended */
        INPUT_LEADER_EXITED,      /* likewise, by a stop that concerns its group, which lives on */
        INPUT_GROUP_GONE,         /* nobody is left in that group, or is waited for any more */
        INPUT_RETRY,              /* the pause after a failed start is over */
        INPUT_RETRIES_EXHAUSTED,  /* startretries are used up */
        INPUT_RESTART,            /* autorestart, after start_interval */
        INPUT_STOP,               /* somebody asked, or the daemon ends */
        INPUT_STOP_TIMEOUT,       /* stopwaitsecs have passed */
        INPUT_KILL_FAILED,        /* the kernel refused to deliver a signal */
        INPUT_UNKILLABLE,         /* it has not ended by SIGKILL, again and again */
        INPUT_GIVE_UP,            /* the daemon ends: no more tries */
        _PROCESS_INPUT_MAX,
} ProcessInput;

typedef enum ProcessAction {
        ACTION_NONE,
        ACTION_SPAWN,
        ACTION_PLAN_RETRY, /* after as many seconds as there were failures, or no more */
        ACTION_FORGET_TRIES,
        ACTION_PASS_ON_EXIT,     /* it counts as started after all: handle the exit again */
        ACTION_CONSIDER_RESTART, /* forget tries; autorestart and the exit code decide */
        ACTION_CANCEL_RESTART,
        ACTION_SEND_STOP_SIGNAL,
        ACTION_SEND_KILL,
        ACTION_AWAIT_GROUP,
        _PROCESS_ACTION_MAX,
} ProcessAction;

typedef struct Transition {
        ProcessState from;
        ProcessInput on;
        ProcessState to;
        ProcessAction then;
} Transition;

/* NULL where the input means nothing in that state and is to be ignored. */
const Transition *machine_find(ProcessState state, ProcessInput input);

const char *process_input_to_string(ProcessInput input);
