/* Written as one conversation from top to bottom; the loop is turned where it waits. What a
 * listener does between two events is looked at when the next one is due, or at the end. */

#include "listener-host/check.h"

#include <stdio.h>

#include "listener-host/check-delivery.h"
#include "listener-host/check-events.h"
#include "listener-host/check-report.h"
#include "listener-host/check-session.h"
#include "listener-host/replay.h"

/* Between READY and the next event, for what should not be there. */
#define PAUSE_USEC (5 * UINT64_C(1000))

/* So often it is started again after it hung, or died with an event in hand. */
#define MAX_FAILURES 3

typedef struct Check {
        const CheckOptions *options;
        sd_event *loop; /* borrowed */
        CheckReport *report;
        Delivery delivery;
        Session *session; /* NULL = the listener does not run */
        bool is_ready;
        bool was_ready; /* in this session */
        unsigned n_failures;
        const char *stopped; /* why it goes no further; NULL = it goes on */
        int exit_status;     /* where that is not the report's */
} Check;

static void stop(Check *check, const char *why)
{
        if (check->stopped)
                return;
        check->stopped = why;
        check_report_stopped(check->report, why);
}

static void interrupted(Check *check)
{
        stop(check, "interrupted");
        check->exit_status = CHECK_EXIT_NOT_RUN;
}

static void drop_session(Check *check)
{
        check->session = session_free(check->session);
        check->is_ready = false;
}

/* The session is over by a fault of the listener; after some of them that is enough. */
static void fail(Check *check)
{
        drop_session(check);
        if (++check->n_failures >= MAX_FAILURES)
                stop(check, "too many failures");
}

/* Getting it ready. */

static bool start(Check *check)
{
        int r = session_new(check->loop, check->options->command, check->options->relays,
                        check->report, &check->session);

        check->was_ready = false;
        if (r >= 0)
                return true;
        fprintf(stderr, "busvisor-listener-host: cannot run %s: %s\n", check->options->command[0],
                        g_strerror(-r));
        stop(check, "the listener cannot be run");
        check->exit_status = CHECK_EXIT_NOT_RUN;
        return false;
}

static void on_ended(Check *check)
{
        const char *text = check_child_end_text(session_child(check->session));
        bool is_first = check_report_n_given(check->report) == 0;

        if (check->is_ready)
                session_slip(check->session, SLIP_ENDED_WHILE_READY, text);
        else if (check->was_ready)
                session_slip(check->session, SLIP_ENDED_AFTER_RESULT, text);
        else
                session_slip(check->session, SLIP_ENDED_BEFORE_READY, text);
        if (!check->was_ready)
                stop(check, is_first ? "it was never ready" : "it is not ready any more");
        if (check->is_ready)
                fail(check);
        else
                drop_session(check);
}

static void on_overdue(Check *check)
{
        session_overdue(check->session);
        if (!check->was_ready)
                stop(check, check_report_n_given(check->report) == 0 ? "it was never ready"
                                                                     : "it is not ready any more");
        fail(check);
}

/* One step on the way to a listener that is ready, or to the end of the check. */
static void await_ready(Check *check)
{
        switch (session_wait(check->session, check->options->timeout_usec)) {
        case HAPPENING_READY:
                check->is_ready = check->was_ready = true;
                return;
        case HAPPENING_ENDED:
                on_ended(check);
                return;
        case HAPPENING_NOTHING:
                on_overdue(check);
                return;
        case HAPPENING_INTERRUPTED:
                interrupted(check);
                return;
        case HAPPENING_ACCEPTED:
        case HAPPENING_REFUSED:
        case HAPPENING_LOST:
        case HAPPENING_OUT_OF_STEP:
                break; /* only with an event in hand */
        }
        g_assert_not_reached();
}

/* What it says though it is ready is taken in; it may even have ended. */
static void pause_before_event(Check *check)
{
        Happening happening = session_wait(check->session, check->options->replay ? 0 : PAUSE_USEC);

        if (happening == HAPPENING_INTERRUPTED)
                interrupted(check);
        else if (happening == HAPPENING_ENDED)
                on_ended(check);
        else if (check_child_unread(session_child(check->session)) > 0)
                fail(check); /* of an event that it did not answer, which was told */
}

/* What it said out of turn is told of before the event, not after it. */
static void settle(Check *check)
{
        if (check->is_ready)
                pause_before_event(check);
        if (check->is_ready)
                dialogue_end(session_dialogue(check->session));
        if (!check->options->strict || !check_report_is_out(check->report))
                return;
        stop(check, "Supervisor would not serve it any more");
        if (check->was_ready)
                check->exit_status = CHECK_EXIT_SLIPS;
}

/* False when it goes no further. */
static bool make_ready(Check *check)
{
        while (!check->stopped && !check->is_ready) {
                if (!check->session && !start(check))
                        return false;
                await_ready(check);
                settle(check);
        }
        return !check->stopped;
}

/* Events. */

static void give(Check *check, const CheckItem *item)
{
        Happening happening;

        if (!make_ready(check))
                return;
        check->is_ready = false;
        happening = delivery_give(&check->delivery, check->session, item);
        if (happening == HAPPENING_NOTHING || happening == HAPPENING_ENDED ||
                        happening == HAPPENING_OUT_OF_STEP)
                fail(check);
        else if (happening == HAPPENING_INTERRUPTED)
                interrupted(check);
}

static void give_canned(Check *check)
{
        g_autoptr(GPtrArray) items = check_events_new();

        for (unsigned i = 0; i < items->len && !check->stopped; i++) {
                const CheckItem *item = items->pdata[i];

                if (check->options->types & event_type_bit(item->event->type))
                        give(check, item);
        }
}

static void give_recorded(Check *check, Replay *replay)
{
        g_autoptr(GError) error = NULL;

        while (!check->stopped) {
                g_autoptr(Event) event = replay_next(replay, check->options->types, &error);
                const CheckItem item = { .event = event };

                if (!event)
                        break;
                give(check, &item);
        }
        if (!error)
                return;
        fprintf(stderr, "busvisor-listener-host: %s\n", error->message);
        stop(check, "the recording cannot be read");
        check->exit_status = CHECK_EXIT_USAGE;
}

/* After the last event it has to be ready once more, and to end when there are no more. */
static int finish(Check *check)
{
        if (check_report_n_given(check->report) > 0 && check->session && make_ready(check))
                session_end(check->session, check->options->timeout_usec);
        return check_report_finish(check->report, check->exit_status);
}

int check_run(sd_event *loop, const CheckOptions *options)
{
        g_autoptr(CheckReport) report = check_report_new(options->json, options->verbose);
        g_autoptr(Replay) replay = NULL;
        g_autoptr(GError) error = NULL;
        Check check = {
                .options = options,
                .loop = loop,
                .report = report,
                .delivery = {
                        .report = report,
                        .style = options->style,
                        .timeout_usec = options->timeout_usec,
                        .is_thorough = !options->replay,
                },
        };
        int status;

        if (options->replay)
                replay = replay_open(options->replay, &error);
        if (error) {
                fprintf(stderr, "busvisor-listener-host: %s\n", error->message);
                return CHECK_EXIT_USAGE;
        }
        if (replay)
                give_recorded(&check, replay);
        else
                give_canned(&check);
        status = finish(&check);
        session_free(check.session);
        return status;
}
