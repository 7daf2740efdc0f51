/* Machine: the states of a listener in the READY and RESULT protocol, as rows of two tables.
 *
 * Knows no descriptor, loop or event: Listener turns bytes and broken pipes into inputs, and
 * actions into what it does. States and their names are Supervisor's. The strict protocol is also
 * Supervisor's: who breaks it is UNKNOWN to the end of his days. In the tolerant one UNKNOWN ends
 * with the next READY line. */
#pragma once

#include "bus/pool-options.h"

typedef enum ListenerState {
        LISTENER_ACKNOWLEDGED, /* at the start and after each result: waits for READY */
        LISTENER_READY,        /* may get an event */
        LISTENER_BUSY,         /* has an event, owes a result */
        LISTENER_UNKNOWN, /* said something else: skipped, up to its next READY line or for ever */
        _LISTENER_STATE_MAX,
} ListenerState;

typedef enum ListenerInput {
        INPUT_READY_LINE,
        INPUT_EVENT,         /* the pool has an event for it */
        INPUT_RESULT_OK,     /* a result whose body is "OK" */
        INPUT_RESULT_OTHER,  /* any other result */
        INPUT_RESULT_ERROR,  /* a result that its handler could not handle */
        INPUT_RESULT_BAD,    /* where a result is due, something else */
        INPUT_STRAY,         /* bytes where none are due */
        INPUT_UNDELIVERABLE, /* stdin is closed, and nothing of the event was written */
        INPUT_INTERRUPTED,   /* stdin is closed, and a part of the event was written */
        INPUT_END_OF_OUTPUT, /* stdout is closed */
        INPUT_ENDED,         /* the process has ended */
        _LISTENER_INPUT_MAX,
} ListenerInput;

typedef enum ListenerAction {
        ACTION_NONE,
        ACTION_ASK_FOR_EVENT,
        ACTION_SEND,
        ACTION_ACCEPT,       /* the event in hand is done */
        ACTION_REJECT,       /* it said that it could not do it */
        ACTION_REJECT_ERROR, /* what it said could not be made use of */
        ACTION_REJECT_BAD,   /* nobody knows what it said */
        ACTION_REJECT_LOST,  /* it can say nothing any more */
        ACTION_TAKE_BACK,    /* the event was never given */
        ACTION_REPORT_STRAY,
        /* It gets no events any more; the other two also reject the one in hand. */
        ACTION_EXPEL,
        ACTION_EXPEL_ERROR,
        ACTION_EXPEL_BAD,
        _LISTENER_ACTION_MAX,
} ListenerAction;

/* "ACKNOWLEDGED", "READY", "BUSY", "UNKNOWN". */
const char *listener_state_to_string(ListenerState state);

/* Puts the state that follows into *state and answers what is to be done. A pair without a row
 * leaves the state as it is. */
ListenerAction machine_step(PoolProtocol protocol, ListenerState *state, ListenerInput input);
