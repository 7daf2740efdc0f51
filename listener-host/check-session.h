/* Check session: one run of the listener that is checked, from its start to its end: its process,
 * and what it says. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-event.h>

#include "listener-host/check-child.h"
#include "listener-host/check-dialogue.h"
#include "listener-host/check-report.h"

typedef struct Session Session;

/* What the listener did. */
typedef enum Happening {
        HAPPENING_NOTHING, /* in time */
        HAPPENING_READY,
        HAPPENING_ACCEPTED,
        HAPPENING_REFUSED,
        HAPPENING_LOST,
        HAPPENING_OUT_OF_STEP, /* an answer, but something of the event was left unread */
        HAPPENING_ENDED,
        HAPPENING_INTERRUPTED, /* not the listener, but we have to end */
} Happening;

/* Starts it. relays: as of dialogue_new(). report is borrowed. Negative errno. */
int session_new(sd_event *loop, char **command, bool relays, CheckReport *report, Session **ret);
/* Ends it at once, if it still runs. */
Session *session_free(Session *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Session, session_free)

CheckChild *session_child(Session *session);
Dialogue *session_dialogue(Session *session);

/* Waits for the next word, at most so long. */
Happening session_wait(Session *session, uint64_t timeout_usec);
/* A slip of the last answer; or at the end of all that it has said. */
void session_slip_in_result(Session *session, SlipKind kind, const char *more);
void session_slip(Session *session, SlipKind kind, const char *more);
/* The time for the next word is over; tells why, as far as can be found out. The session is good
 * for nothing any more. */
void session_overdue(Session *session);
/* Closes its stdin, and sees whether it ends, within that time. */
void session_end(Session *session, uint64_t timeout_usec);
