/* Stray bytes leave a READY listener READY: one that prints while it waits for an event still waits
 * for it, and would wait for ever if we waited for another READY line. */

#include "listener-host/machine.h"

#include <glib.h>

typedef struct Transition {
        ListenerState in;
        ListenerInput on;
        ListenerState becomes;
        ListenerAction action;
} Transition;

/* clang-format off */
static const Transition tolerant[] = {
        /* in                    on                   becomes                and then             */
        { LISTENER_ACKNOWLEDGED, INPUT_READY_LINE,    LISTENER_READY,        ACTION_ASK_FOR_EVENT },
        { LISTENER_ACKNOWLEDGED, INPUT_STRAY,         LISTENER_UNKNOWN,      ACTION_REPORT_STRAY  },
        { LISTENER_ACKNOWLEDGED, INPUT_END_OF_OUTPUT, LISTENER_UNKNOWN,      ACTION_NONE          },
        { LISTENER_ACKNOWLEDGED, INPUT_ENDED,         LISTENER_UNKNOWN,      ACTION_NONE          },

        { LISTENER_READY,        INPUT_EVENT,         LISTENER_BUSY,         ACTION_SEND          },
        { LISTENER_READY,        INPUT_STRAY,         LISTENER_READY,        ACTION_REPORT_STRAY  },
        { LISTENER_READY,        INPUT_END_OF_OUTPUT, LISTENER_UNKNOWN,      ACTION_NONE          },
        { LISTENER_READY,        INPUT_ENDED,         LISTENER_UNKNOWN,      ACTION_NONE          },

        { LISTENER_BUSY,         INPUT_RESULT_OK,     LISTENER_ACKNOWLEDGED, ACTION_ACCEPT        },
        { LISTENER_BUSY,         INPUT_RESULT_OTHER,  LISTENER_ACKNOWLEDGED, ACTION_REJECT        },
        { LISTENER_BUSY,         INPUT_RESULT_ERROR,  LISTENER_UNKNOWN,      ACTION_REJECT_ERROR  },
        { LISTENER_BUSY,         INPUT_RESULT_BAD,    LISTENER_UNKNOWN,      ACTION_REJECT_BAD    },
        { LISTENER_BUSY,         INPUT_UNDELIVERABLE, LISTENER_UNKNOWN,      ACTION_TAKE_BACK     },
        { LISTENER_BUSY,         INPUT_INTERRUPTED,   LISTENER_UNKNOWN,      ACTION_REJECT_LOST   },
        { LISTENER_BUSY,         INPUT_END_OF_OUTPUT, LISTENER_UNKNOWN,      ACTION_REJECT_LOST   },
        { LISTENER_BUSY,         INPUT_ENDED,         LISTENER_UNKNOWN,      ACTION_REJECT_LOST   },

        { LISTENER_UNKNOWN,      INPUT_READY_LINE,    LISTENER_READY,        ACTION_ASK_FOR_EVENT },
        { LISTENER_UNKNOWN,      INPUT_STRAY,         LISTENER_UNKNOWN,      ACTION_REPORT_STRAY  },
};

/* Pipes that are closed change nothing there until the process has ended. */
static const Transition strict[] = {
        /* in                    on                   becomes                and then             */
        { LISTENER_ACKNOWLEDGED, INPUT_READY_LINE,    LISTENER_READY,        ACTION_ASK_FOR_EVENT },
        { LISTENER_ACKNOWLEDGED, INPUT_STRAY,         LISTENER_UNKNOWN,      ACTION_EXPEL         },
        { LISTENER_ACKNOWLEDGED, INPUT_ENDED,         LISTENER_UNKNOWN,      ACTION_NONE          },

        { LISTENER_READY,        INPUT_EVENT,         LISTENER_BUSY,         ACTION_SEND          },
        { LISTENER_READY,        INPUT_STRAY,         LISTENER_UNKNOWN,      ACTION_EXPEL         },
        { LISTENER_READY,        INPUT_ENDED,         LISTENER_UNKNOWN,      ACTION_NONE          },

        { LISTENER_BUSY,         INPUT_RESULT_OK,     LISTENER_ACKNOWLEDGED, ACTION_ACCEPT        },
        { LISTENER_BUSY,         INPUT_RESULT_OTHER,  LISTENER_ACKNOWLEDGED, ACTION_REJECT        },
        { LISTENER_BUSY,         INPUT_RESULT_ERROR,  LISTENER_UNKNOWN,      ACTION_EXPEL_ERROR   },
        { LISTENER_BUSY,         INPUT_RESULT_BAD,    LISTENER_UNKNOWN,      ACTION_EXPEL_BAD     },
        { LISTENER_BUSY,         INPUT_UNDELIVERABLE, LISTENER_READY,        ACTION_TAKE_BACK     },
        { LISTENER_BUSY,         INPUT_ENDED,         LISTENER_UNKNOWN,      ACTION_REJECT_LOST   },
};
/* clang-format on */

static const char *const state_names[_LISTENER_STATE_MAX] = {
        [LISTENER_ACKNOWLEDGED] = "ACKNOWLEDGED",
        [LISTENER_READY] = "READY",
        [LISTENER_BUSY] = "BUSY",
        [LISTENER_UNKNOWN] = "UNKNOWN",
};

const char *listener_state_to_string(ListenerState state)
{
        g_assert(state < _LISTENER_STATE_MAX);
        return state_names[state];
}

static const struct {
        const Transition *rows;
        size_t n;
} tables[_POOL_PROTOCOL_MAX] = {
        [POOL_PROTOCOL_TOLERANT] = { tolerant, G_N_ELEMENTS(tolerant) },
        [POOL_PROTOCOL_STRICT] = { strict, G_N_ELEMENTS(strict) },
};

ListenerAction machine_step(PoolProtocol protocol, ListenerState *state, ListenerInput input)
{
        const Transition *rows = tables[protocol].rows;

        for (size_t i = 0; i < tables[protocol].n; i++)
                if (rows[i].in == *state && rows[i].on == input) {
                        *state = rows[i].becomes;
                        return rows[i].action;
                }
        return ACTION_NONE;
}
