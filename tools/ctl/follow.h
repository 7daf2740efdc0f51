/* Follow: keeps a stream of events whole that comes partly as signals and partly in pages of the
 * event log.
 *
 * Signals come in two chains, one of those that everybody gets and one of those that were
 * subscribed to; each tells only of its own gaps. Follow remembers how far each chain has come, and
 * tells of a new event whether it is the next one, was shown already, or has others missing before
 * it. Knows no bus. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "bus/event.h"

typedef struct Follow {
        uint64_t broadcast, restricted; /* all of the chain up to this serial was shown or passed
                                           over */
        bool has_restricted;            /* there is a subscription */
        uint64_t realtime_usec;         /* of the last event; before that, when it began */
        uint64_t shown_serial;          /* of the last event that was shown; 0 = none was yet */
        uint64_t shown_usec; /* and its time, even where the clock was set back before it */
        uint64_t seen_usec;  /* after another run began: its log is old news up to this time */
        char *run_id;        /* NULL = not begun */
} Follow;

typedef enum FollowVerdict {
        FOLLOW_NEXT, /* show it */
        FOLLOW_SEEN, /* was shown already */
        FOLLOW_GAP,  /* read the log first, from follow_position on */
} FollowVerdict;

void follow_clear(Follow *follow);

/* Begins with the event next_serial of that run; now_usec is CLOCK_REALTIME. */
void follow_begin(Follow *follow, const char *run_id, uint64_t next_serial, uint64_t now_usec);

/* The run of the daemon that is there now. goes_on: its log is the one that we know, and its
 * serials go on; otherwise follows from the beginning of its log, past what is not new. */
void follow_run(Follow *follow, const char *run_id, bool goes_on);

/* Is the log one that goes on where we are? By what it answers to a question for the event
 * shown_serial (or for any behind our position, where none was shown): the oldest serial that it
 * has, the next that it will have, and that event (NULL where there is none). */
bool follow_knows_log(const Follow *follow, uint64_t oldest, uint64_t next, const Event *event);

/* Events after this serial may be missing. */
uint64_t follow_position(const Follow *follow);

/* A signal with this event, and the serial of the signal before it. */
FollowVerdict follow_signal(const Follow *follow, const Event *event, uint64_t previous);
/* An event of a page of the log: FOLLOW_NEXT or FOLLOW_SEEN. */
FollowVerdict follow_logged(const Follow *follow, const Event *event);

/* The event was shown. */
void follow_show(Follow *follow, const Event *event);
/* The event was one to be passed over. */
void follow_advance(Follow *follow, const Event *event);
/* The log has nothing more below the serial next. */
void follow_advance_to(Follow *follow, uint64_t next_serial);
