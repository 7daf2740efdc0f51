/* The serial before a signal may belong to an event from before we came, so only a previous serial
 * above the last one known of the same chain means that something is missing.
 *
 * A bus that has too much for us drops what comes then, and the last of a chain may be among it: no
 * signal would ever tell. So each tick, of which there is one every five seconds, is taken to
 * mean that, where it does not follow on what came last. */

#include "tools/ctl/follow.h"

#include <string.h>

void follow_clear(Follow *follow)
{
        g_free(follow->run_id);
        *follow = (Follow){ 0 };
}

static void set_position(Follow *follow, uint64_t serial)
{
        follow->broadcast = serial;
        follow->restricted = serial;
}

void follow_begin(Follow *follow, const char *run_id, uint64_t next_serial, uint64_t now_usec)
{
        g_free(follow->run_id);
        follow->run_id = g_strdup(run_id);
        set_position(follow, next_serial > 0 ? next_serial - 1 : 0);
        follow->realtime_usec = now_usec;
}

void follow_run(Follow *follow, const char *run_id, bool goes_on)
{
        if (strcmp(follow->run_id, run_id) == 0)
                return;
        g_free(follow->run_id);
        follow->run_id = g_strdup(run_id);
        if (goes_on)
                return;
        set_position(follow, 0);
        follow->seen_usec = follow->realtime_usec;
}

/* An event of the same serial from another log has another time. Where it has left the log, which
 * keeps the latest, the serials have gone on at least that far. */
bool follow_knows_log(const Follow *follow, uint64_t oldest, uint64_t next, const Event *event)
{
        if (follow->shown_serial == 0)
                return next > follow_position(follow);
        if (event && event->serial == follow->shown_serial)
                return event->realtime_usec == follow->shown_usec;
        return oldest > follow->shown_serial;
}

uint64_t follow_position(const Follow *follow)
{
        if (!follow->has_restricted)
                return follow->broadcast;
        return MIN(follow->broadcast, follow->restricted);
}

static uint64_t chain_serial(const Follow *follow, const Event *event)
{
        return event_type_is_restricted(event->type) ? follow->restricted : follow->broadcast;
}

/* In between there may only be events that are not for us; then it costs an empty page. */
static bool is_tick_after_hole(const Follow *follow, const Event *event)
{
        return follow->has_restricted && event->tick_period > 0 &&
               event->serial > MAX(follow->broadcast, follow->restricted) + 1;
}

FollowVerdict follow_signal(const Follow *follow, const Event *event, uint64_t previous)
{
        uint64_t last = chain_serial(follow, event);

        if (event->serial <= last)
                return FOLLOW_SEEN;
        return previous > last || is_tick_after_hole(follow, event) ? FOLLOW_GAP : FOLLOW_NEXT;
}

FollowVerdict follow_logged(const Follow *follow, const Event *event)
{
        if (event->serial <= chain_serial(follow, event) ||
                        event->realtime_usec <= follow->seen_usec)
                return FOLLOW_SEEN;
        return FOLLOW_NEXT;
}

void follow_advance(Follow *follow, const Event *event)
{
        uint64_t *chain = event_type_is_restricted(event->type) ? &follow->restricted
                                                                : &follow->broadcast;

        *chain = MAX(*chain, event->serial);
        follow->realtime_usec = MAX(follow->realtime_usec, event->realtime_usec);
}

void follow_show(Follow *follow, const Event *event)
{
        follow->shown_serial = event->serial;
        follow->shown_usec = event->realtime_usec;
        follow_advance(follow, event);
}

void follow_advance_to(Follow *follow, uint64_t next_serial)
{
        uint64_t last = next_serial > 0 ? next_serial - 1 : 0;

        follow->broadcast = MAX(follow->broadcast, last);
        follow->restricted = MAX(follow->restricted, last);
        follow->seen_usec = 0;
}
