/* All bytes that a read brought are gone through before the pool hears that the listener is ready:
 * what was written before an event arrived cannot be the answer to it. */

#include "listener-host/listener.h"

#include "bus/cleanup.h"
#include "bus/host-log.h"
#include "listener-host/listener-output.h"
#include "listener-host/listener-stdin.h"
#include "listener-host/patience-timer.h"
#include "listener-host/protocol.h"

struct Listener {
        char *name;
        uint64_t generation;
        ListenerStdin *in;
        ListenerOutput *output;
        bool is_ended;
        bool is_asking;               /* for an event, once all bytes are gone through */
        bool is_relaying;             /* its result; what it says meanwhile has to wait */
        bool is_running, is_stopping; /* its process */
        bool awaits_running;
        bool was_given; /* an event */
        bool is_mute;   /* it has closed its stdout */
        PoolProtocol rules;
        ListenerState state;
        Protocol *protocol;
        Relay *relay; /* borrowed; NULL = results are looked at */
        PatienceTimer *patience;
        const ListenerObserver *observer;
        void *userdata; /* borrowed */
};

const char *listener_name(const Listener *listener)
{
        return listener->name;
}

uint64_t listener_generation(const Listener *listener)
{
        return listener->generation;
}

ListenerState listener_state(const Listener *listener)
{
        return listener->state;
}

static bool may_be_given(const Listener *listener)
{
        bool must_run = listener->awaits_running || listener->rules == POOL_PROTOCOL_STRICT;

        return !listener->is_ended && !listener->is_stopping && (listener->is_running || !must_run);
}

bool listener_is_ready(const Listener *listener)
{
        return listener->state == LISTENER_READY && may_be_given(listener) &&
               listener_stdin_is_open(listener->in) && !listener_stdin_is_stuck(listener->in);
}

bool listener_ended_early(const Listener *listener)
{
        return listener->is_ended && listener->was_given && !listener->is_running &&
               !listener->is_stopping;
}

/* What lasts too long. */

static void note_nuisance(Listener *listener, Nuisance what, bool lasts)
{
        patience_timer_note(listener->patience, what, lasts && !listener->is_ended);
}

/* Who cannot be ready any more is told of otherwise, as is who was expelled. */
static void note_state(Listener *listener)
{
        bool waits = listener->state == LISTENER_ACKNOWLEDGED ||
                     (listener->state == LISTENER_UNKNOWN &&
                                     listener->rules == POOL_PROTOCOL_TOLERANT);

        note_nuisance(listener, NUISANCE_NOT_READY,
                        waits && !listener->is_mute && listener_stdin_is_open(listener->in));
        note_nuisance(listener, NUISANCE_UNREAD,
                        listener->state == LISTENER_READY && listener_stdin_is_stuck(listener->in));
}

static void note_stdin(Listener *listener)
{
        if (!listener_stdin_is_stuck(listener->in))
                note_nuisance(listener, NUISANCE_UNREAD, false);
        if (!listener_stdin_is_open(listener->in))
                note_nuisance(listener, NUISANCE_STDIN_CLOSED, true);
}

static void conclude(Listener *listener, PoolOutcome outcome, const char *reason)
{
        listener->observer->concluded(listener, outcome, reason, listener->userdata);
}

static void tell_violation(Listener *listener)
{
        listener->observer->violated(listener, listener->userdata);
}

/* Supervisor's line, to the letter. */
static void expel(Listener *listener)
{
        tell_violation(listener);
        log_warn("%s: has entered the UNKNOWN state and will no longer receive events, this "
                 "usually indicates the process violated the eventlistener protocol",
                        listener->name);
}

/* text: what the action is about, where there is such a thing. */
static void act(Listener *listener, ListenerAction action, const char *text)
{
        switch (action) {
        case ACTION_NONE:
        case ACTION_SEND:
        case ACTION_TAKE_BACK:
                return;
        case ACTION_ASK_FOR_EVENT:
                listener->is_asking = true;
                return;
        case ACTION_ACCEPT:
                log_debug("%s: event was processed", listener->name);
                conclude(listener, POOL_ACCEPTED, NULL);
                return;
        case ACTION_REJECT:
                log_warn("%s: event was rejected", listener->name);
                conclude(listener, POOL_REFUSED, text);
                return;
        case ACTION_REJECT_ERROR:
                log_warn("%s: event caused an error: %s", listener->name, text);
                conclude(listener, POOL_REFUSED, text);
                return;
        case ACTION_REJECT_BAD:
                log_warn("%s: bad result line: '%s'; skipping what it says up to its next READY",
                                listener->name, text);
                tell_violation(listener);
                conclude(listener, POOL_REFUSED, "bad result line");
                return;
        case ACTION_REJECT_LOST:
                conclude(listener, POOL_REFUSED, text);
                return;
        case ACTION_REPORT_STRAY:
                log_warn("%s: skipping what it says out of turn: '%s'", listener->name, text);
                tell_violation(listener);
                return;
        case ACTION_EXPEL:
                expel(listener);
                return;
        case ACTION_EXPEL_ERROR:
                log_warn("%s: event caused an error: %s", listener->name, text);
                expel(listener);
                conclude(listener, POOL_REFUSED, text);
                return;
        case ACTION_EXPEL_BAD:
                log_warn("%s: bad result line: '%s'", listener->name, text);
                expel(listener);
                conclude(listener, POOL_REFUSED, "bad result line");
                return;
        case _LISTENER_ACTION_MAX:
                break;
        }
        g_assert_not_reached();
}

static void step(Listener *listener, ListenerInput input, const char *text)
{
        ListenerState before = listener->state;
        ListenerAction action = machine_step(listener->rules, &listener->state, input);

        if (listener->state != before) {
                log_debug("%s: %s -> %s", listener->name, listener_state_to_string(before),
                                listener_state_to_string(listener->state));
                listener->observer->changed(listener, listener->userdata);
                note_state(listener);
        }
        act(listener, action, text);
}

int listener_give(Listener *listener, const char *message, size_t size)
{
        int r;

        g_assert(listener_is_ready(listener));
        listener->was_given = true;
        step(listener, INPUT_EVENT, NULL);
        r = listener_stdin_write(listener->in, message, size);
        note_stdin(listener);
        if (r < 0)
                step(listener, INPUT_UNDELIVERABLE, NULL);
        return r;
}

static void on_stdin_progress(int r, void *userdata)
{
        Listener *listener = userdata;

        note_stdin(listener);
        if (r < 0 && !listener->is_relaying)
                step(listener, INPUT_INTERRUPTED, "stdin was closed before it had the whole event");
        else if (listener_is_ready(listener))
                listener->observer->ready(listener, listener->userdata);
}

/* The lines of a result. */

/* r as of RelayDone. */
static void conclude_relayed(Listener *listener, int r)
{
        g_autofree char *why = r < 0 ? g_strdup_printf("stdout: %s", g_strerror(-r)) : NULL;

        step(listener, r < 0 ? INPUT_RESULT_ERROR : INPUT_RESULT_OK, why);
}

static void set_relaying(Listener *listener, bool is_relaying)
{
        listener->is_relaying = is_relaying;
        listener_output_pause(listener->output, is_relaying);
}

static void go_through(Listener *listener);
static void ask_for_event(Listener *listener);

static void on_relayed(int r, void *userdata)
{
        Listener *listener = userdata;

        set_relaying(listener, false);
        conclude_relayed(listener, r);
        go_through(listener);
        ask_for_event(listener);
}

static void relay_result(Listener *listener)
{
        g_autoptr(GBytes) result = protocol_take_result(listener->protocol);
        const char *why;
        LabelledLines *lines = labelled_lines_new(result, &why);
        int r;

        if (!lines) {
                step(listener, INPUT_RESULT_ERROR, why);
                return;
        }
        r = relay_push(listener->relay, lines, on_relayed, listener);
        if (r == 0)
                set_relaying(listener, true);
        else
                conclude_relayed(listener, r);
}

/* What has begun to appear counts as done; the rest of it follows. */
static void end_relaying(Listener *listener)
{
        if (!listener->is_relaying)
                return;
        listener->is_relaying = false;
        if (!relay_cancel(listener->relay, listener))
                step(listener, INPUT_RESULT_OK, NULL);
}

/* What it says. */

static bool makes_sense(ProtocolToken token)
{
        return token != TOKEN_RESULT_BAD && token != TOKEN_STRAY;
}

static void handle_token(Listener *listener, ProtocolToken token, const char *excerpt)
{
        static const struct {
                ListenerInput input;
                const char *text;
        } inputs[_PROTOCOL_TOKEN_MAX] = {
                [TOKEN_READY] = { INPUT_READY_LINE, NULL },
                [TOKEN_RESULT_OK] = { INPUT_RESULT_OK, NULL },
                [TOKEN_RESULT_OTHER] = { INPUT_RESULT_OTHER, "the result is not OK" },
                [TOKEN_RESULT_TOO_LONG] = { INPUT_RESULT_OTHER, "the result is too long" },
                [TOKEN_RESULT_BAD] = { INPUT_RESULT_BAD, NULL },
                [TOKEN_STRAY] = { INPUT_STRAY, NULL },
        };

        if (makes_sense(token))
                listener_output_made_sense(listener->output);
        if (listener->relay && (token == TOKEN_RESULT_OK || token == TOKEN_RESULT_OTHER)) {
                relay_result(listener);
                return;
        }
        step(listener, inputs[token].input, excerpt ? excerpt : inputs[token].text);
}

static void go_through(Listener *listener)
{
        while (!listener->is_relaying) {
                g_autofree char *excerpt = NULL;
                ProtocolToken token = protocol_next(listener->protocol, listener->state, &excerpt);

                if (token == TOKEN_NONE)
                        return;
                handle_token(listener, token, excerpt);
        }
}

static void ask_for_event(Listener *listener)
{
        if (!listener->is_asking || !listener_is_ready(listener))
                return;
        listener->is_asking = false;
        listener->observer->ready(listener, listener->userdata);
}

static bool on_heard(const char *data, size_t size, void *userdata)
{
        Listener *listener = userdata;

        protocol_push(listener->protocol, data, size);
        go_through(listener);
        ask_for_event(listener);
        return listener->state == LISTENER_BUSY;
}

static void on_stdout_closed(void *userdata)
{
        Listener *listener = userdata;

        listener->is_mute = true;
        if (listener->rules == POOL_PROTOCOL_TOLERANT)
                note_nuisance(listener, NUISANCE_STDOUT_CLOSED, true);
        step(listener, INPUT_END_OF_OUTPUT, "it closed stdout");
}

static const ListenerOutputObserver output_observer = { on_heard, on_stdout_closed };

void listener_set_protocol(Listener *listener, PoolProtocol protocol)
{
        listener->rules = protocol;
        protocol_set(listener->protocol, protocol);
}

void listener_await_running(Listener *listener)
{
        listener->awaits_running = true;
}

void listener_note_running(Listener *listener)
{
        listener->is_running = true;
        ask_for_event(listener);
}

void listener_note_stopping(Listener *listener)
{
        listener->is_stopping = true;
}

/* The news of the end comes over the bus and may overtake what is in the pipe. */
void listener_ended(Listener *listener)
{
        listener->is_ended = true;
        listener_output_finish(listener->output);
        end_relaying(listener);
        step(listener, INPUT_ENDED, "it ended");
        listener_stdin_close(listener->in);
}

int listener_new(sd_event *loop, const char *name, uint64_t generation, const ListenerPipes *pipes,
                const ListenerObserver *observer, void *userdata, Listener **ret)
{
        g_autoptr(Listener) listener = g_new0(Listener, 1);
        autofd to_stdin = pipes->to_stdin;
        int r;

        listener->name = g_strdup(name);
        listener->generation = generation;
        listener->protocol = protocol_new();
        listener->patience = patience_timer_new(loop, listener->name);
        listener->observer = observer;
        listener->userdata = userdata;
        r = listener_output_new(loop, listener->name, pipes->from_stdout, pipes->log,
                        &output_observer, listener, &listener->output);
        if (r < 0)
                return r;
        r = listener_stdin_new(
                        loop, fd_steal(&to_stdin), on_stdin_progress, listener, &listener->in);
        if (r < 0)
                return r;
        note_state(listener);
        *ret = g_steal_pointer(&listener);
        return 0;
}

void listener_set_relay(Listener *listener, Relay *relay)
{
        listener->relay = relay;
        protocol_keep_results(listener->protocol, LABELLED_LINES_MAX_BYTES);
}

Listener *listener_free(Listener *listener)
{
        if (!listener)
                return NULL;
        if (listener->is_relaying)
                relay_cancel(listener->relay, listener);
        patience_timer_free(listener->patience);
        listener_stdin_free(listener->in);
        listener_output_free(listener->output);
        protocol_free(listener->protocol);
        g_free(listener->name);
        g_free(listener);
        return NULL;
}
