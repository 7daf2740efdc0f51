/* Everything there is to know about the order of states is in this table; read it from top to
 * bottom as the life of a process. */

#include "daemon/process/machine.h"

#include <stddef.h>

#include <glib.h>

static const Transition transitions[] = {
        /* clang-format off */
        /* in                on                         becomes           and then                 */
        { PROCESS_STOPPED,   INPUT_START,               PROCESS_STARTING, ACTION_SPAWN             },
        { PROCESS_EXITED,    INPUT_START,               PROCESS_STARTING, ACTION_SPAWN             },
        { PROCESS_FATAL,     INPUT_START,               PROCESS_STARTING, ACTION_SPAWN             },

        { PROCESS_STARTING,  INPUT_SPAWN_FAILED,        PROCESS_BACKOFF,  ACTION_PLAN_RETRY        },
        { PROCESS_STARTING,  INPUT_EXITED_TOO_QUICKLY,  PROCESS_BACKOFF,  ACTION_PLAN_RETRY        },
        { PROCESS_STARTING,  INPUT_UP_LONG_ENOUGH,      PROCESS_RUNNING,  ACTION_FORGET_TRIES      },
        { PROCESS_STARTING,  INPUT_EXITED,              PROCESS_RUNNING,  ACTION_PASS_ON_EXIT      },

        { PROCESS_BACKOFF,   INPUT_RETRY,               PROCESS_STARTING, ACTION_SPAWN             },
        { PROCESS_BACKOFF,   INPUT_RETRIES_EXHAUSTED,   PROCESS_FATAL,    ACTION_FORGET_TRIES      },
        { PROCESS_BACKOFF,   INPUT_GIVE_UP,             PROCESS_FATAL,    ACTION_FORGET_TRIES      },
        { PROCESS_BACKOFF,   INPUT_STOP,                PROCESS_STOPPED,  ACTION_FORGET_TRIES      },

        { PROCESS_RUNNING,   INPUT_EXITED,              PROCESS_EXITED,   ACTION_CONSIDER_RESTART  },
        { PROCESS_EXITED,    INPUT_RESTART,             PROCESS_STARTING, ACTION_SPAWN             },
        { PROCESS_EXITED,    INPUT_STOP,                PROCESS_EXITED,   ACTION_CANCEL_RESTART    },
        { PROCESS_EXITED,    INPUT_GIVE_UP,             PROCESS_EXITED,   ACTION_CANCEL_RESTART    },

        { PROCESS_STARTING,  INPUT_STOP,                PROCESS_STOPPING, ACTION_SEND_STOP_SIGNAL  },
        { PROCESS_RUNNING,   INPUT_STOP,                PROCESS_STOPPING, ACTION_SEND_STOP_SIGNAL  },
        { PROCESS_STOPPING,  INPUT_STOP_TIMEOUT,        PROCESS_STOPPING, ACTION_SEND_KILL         },
        { PROCESS_STOPPING,  INPUT_EXITED,              PROCESS_STOPPED,  ACTION_FORGET_TRIES      },
        { PROCESS_STOPPING,  INPUT_EXITED_TOO_QUICKLY,  PROCESS_STOPPED,  ACTION_FORGET_TRIES      },
        { PROCESS_STOPPING,  INPUT_LEADER_EXITED,       PROCESS_STOPPING, ACTION_AWAIT_GROUP       },
        { PROCESS_STOPPING,  INPUT_GROUP_GONE,          PROCESS_STOPPED,  ACTION_FORGET_TRIES      },

        { PROCESS_STARTING,  INPUT_KILL_FAILED,         PROCESS_UNKNOWN,  ACTION_NONE              },
        { PROCESS_RUNNING,   INPUT_KILL_FAILED,         PROCESS_UNKNOWN,  ACTION_NONE              },
        { PROCESS_STOPPING,  INPUT_KILL_FAILED,         PROCESS_UNKNOWN,  ACTION_NONE              },
        { PROCESS_STOPPING,  INPUT_UNKILLABLE,          PROCESS_UNKNOWN,  ACTION_NONE              },
        { PROCESS_UNKNOWN,   INPUT_EXITED,              PROCESS_EXITED,   ACTION_FORGET_TRIES      },
        { PROCESS_UNKNOWN,   INPUT_EXITED_TOO_QUICKLY,  PROCESS_EXITED,   ACTION_FORGET_TRIES      },
        /* clang-format on */
};

const Transition *machine_find(ProcessState state, ProcessInput input)
{
        for (size_t i = 0; i < G_N_ELEMENTS(transitions); i++)
                if (transitions[i].from == state && transitions[i].on == input)
                        return &transitions[i];
        return NULL;
}

const char *process_input_to_string(ProcessInput input)
{
        static const char *const names[_PROCESS_INPUT_MAX] = {
                [INPUT_START] = "start",
                [INPUT_SPAWN_FAILED] = "spawn failed",
                [INPUT_UP_LONG_ENOUGH] = "up long enough",
                [INPUT_EXITED_TOO_QUICKLY] = "exited too quickly",
                [INPUT_EXITED] = "exited",
                [INPUT_LEADER_EXITED] = "leader exited",
                [INPUT_GROUP_GONE] = "group gone",
                [INPUT_RETRY] = "retry",
                [INPUT_RETRIES_EXHAUSTED] = "retries exhausted",
                [INPUT_RESTART] = "restart",
                [INPUT_STOP] = "stop",
                [INPUT_STOP_TIMEOUT] = "stop timeout",
                [INPUT_KILL_FAILED] = "kill failed",
                [INPUT_UNKILLABLE] = "unkillable",
                [INPUT_GIVE_UP] = "give up",
        };

        g_assert(input >= 0 && input < _PROCESS_INPUT_MAX);
        return names[input];
}
