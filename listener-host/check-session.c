/* Whether a listener forgot to flush shows when it ends: then the C library, or Python, does it. */

#include "listener-host/check-session.h"

#include <signal.h>

#include "bus/clock.h"
#include "listener-host/protocol.h"

/* One that has closed a pipe may be about to end. */
#define CUT_OFF_USEC (250 * UINT64_C(1000))

/* One that has to end for another reason than the end of its stdin gets so long. */
#define END_USEC UINT64_C(1000000)

struct Session {
        CheckReport *report; /* borrowed */
        CheckChild *child;
        Dialogue *dialogue;
};

static void on_slipped(const Slip *slip, void *userdata)
{
        Session *session = userdata;

        check_report_slip(session->report, slip);
}

int session_new(sd_event *loop, char **command, bool relays, CheckReport *report, Session **ret)
{
        CheckChild *child;
        Session *session;
        int r = check_child_new(loop, command, &child);

        if (r < 0)
                return r;
        session = g_new0(Session, 1);
        session->report = report;
        session->child = child;
        session->dialogue = dialogue_new(relays, on_slipped, session);
        check_report_started(report);
        *ret = session;
        return 0;
}

Session *session_free(Session *session)
{
        if (!session)
                return NULL;
        check_child_free(session->child);
        dialogue_free(session->dialogue);
        g_free(session);
        return NULL;
}

CheckChild *session_child(Session *session)
{
        return session->child;
}

Dialogue *session_dialogue(Session *session)
{
        return session->dialogue;
}

static bool has_event(const Session *session)
{
        return dialogue_state(session->dialogue) == LISTENER_BUSY;
}

void session_slip_in_result(Session *session, SlipKind kind, const char *more)
{
        const Slip slip = { .kind = kind,
                .fate = slip_kind_fate(kind),
                .offset = dialogue_result_offset(session->dialogue),
                .in_hand = true,
                .more = more };

        check_report_slip(session->report, &slip);
}

static void slip_at_end(Session *session, SlipKind kind, char *found, const char *more)
{
        const Slip slip = { .kind = kind,
                .fate = slip_kind_fate(kind),
                .offset = dialogue_pushed(session->dialogue),
                .in_hand = has_event(session),
                .found = found,
                .more = more };

        check_report_slip(session->report, &slip);
}

void session_slip(Session *session, SlipKind kind, const char *more)
{
        slip_at_end(session, kind, NULL, more);
}

/* Waiting. */

static void take_words(Session *session)
{
        GByteArray *said = check_child_said(session->child);

        dialogue_push(session->dialogue, said->data, said->len);
        g_byte_array_set_size(said, 0);
}

static Happening next_word(Session *session)
{
        switch (dialogue_next(session->dialogue)) {
        case DIALOGUE_NONE:
                return HAPPENING_NOTHING;
        case DIALOGUE_READY:
                return HAPPENING_READY;
        case DIALOGUE_ACCEPTED:
                return HAPPENING_ACCEPTED;
        case DIALOGUE_REFUSED:
                return HAPPENING_REFUSED;
        case DIALOGUE_LOST:
                return HAPPENING_LOST;
        }
        g_assert_not_reached();
}

/* Nothing is to be expected from it any more but its end. */
static bool is_cut_off(const Session *session)
{
        return check_child_has_closed_stdout(session->child) ||
               (check_child_has_closed_stdin(session->child) && has_event(session));
}

Happening session_wait(Session *session, uint64_t timeout_usec)
{
        uint64_t begin = clock_now_usec(CLOCK_MONOTONIC);
        uint64_t deadline = begin + timeout_usec;

        while (true) {
                Happening happening = next_word(session);
                uint64_t now = clock_now_usec(CLOCK_MONOTONIC);

                if (is_cut_off(session))
                        deadline = MIN(deadline, begin + CUT_OFF_USEC);

                if (happening != HAPPENING_NOTHING)
                        return happening;
                if (check_child_has_ended(session->child))
                        return HAPPENING_ENDED;
                if (now >= deadline)
                        return HAPPENING_NOTHING;
                if (check_child_turn(session->child, deadline - now) < 0)
                        return HAPPENING_INTERRUPTED;
                take_words(session);
        }
}

/* Ends. */

/* Until it has ended, or the time is over; what it says is left where it is. */
static void wait_for_end(Session *session, uint64_t timeout_usec)
{
        uint64_t deadline = clock_now_usec(CLOCK_MONOTONIC) + timeout_usec;
        uint64_t now;

        while (!check_child_has_ended(session->child) &&
                        (now = clock_now_usec(CLOCK_MONOTONIC)) < deadline)
                if (check_child_turn(session->child, deadline - now) < 0)
                        return;
}

static uint64_t time_until(uint64_t deadline)
{
        uint64_t now = clock_now_usec(CLOCK_MONOTONIC);

        return deadline > now ? deadline - now : 0;
}

/* Likewise, and what it says is looked at. It may close stdout some time before it ends. */
static void listen_to_end(Session *session, uint64_t timeout_usec)
{
        uint64_t deadline = clock_now_usec(CLOCK_MONOTONIC) + timeout_usec;
        Happening happening;

        do
                happening = session_wait(session, time_until(deadline));
        while (happening != HAPPENING_ENDED && happening != HAPPENING_NOTHING &&
                        happening != HAPPENING_INTERRUPTED);
        dialogue_end(session->dialogue);
        wait_for_end(session, time_until(deadline));
}

/* True when something came out only now. */
static bool tell_unflushed(Session *session)
{
        GByteArray *said = check_child_said(session->child);
        g_autofree char *found = NULL;

        check_child_close_stdin(session->child);
        wait_for_end(session, END_USEC);
        if (said->len == 0)
                return false;
        found = protocol_excerpt(said->data, said->len);
        slip_at_end(session, SLIP_NOT_FLUSHED, found, NULL);
        return true;
}

void session_overdue(Session *session)
{
        bool is_silent = dialogue_offset(session->dialogue) == dialogue_pushed(session->dialogue) &&
                         dialogue_state(session->dialogue) != LISTENER_UNKNOWN;

        if (check_child_has_closed_stdout(session->child))
                session_slip(session, SLIP_CLOSED_STDOUT, NULL);
        else if (check_child_has_closed_stdin(session->child))
                session_slip(session, SLIP_CLOSED_STDIN, NULL);
        else if (!is_silent || !tell_unflushed(session))
                dialogue_overdue(session->dialogue);
}

void session_end(Session *session, uint64_t timeout_usec)
{
        check_child_close_stdin(session->child);
        listen_to_end(session, timeout_usec);
        if (!check_child_has_ended(session->child)) {
                session_slip(session, SLIP_STAYS_AT_END, NULL);
                check_child_signal(session->child, SIGTERM);
                wait_for_end(session, END_USEC);
        } else if (!check_child_ended_well(session->child)) {
                session_slip(session, SLIP_ENDED_BADLY, check_child_end_text(session->child));
        }
}
