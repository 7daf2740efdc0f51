/* Wrong bytes are told of only when it is known where they end, which is where the listener is
 * understood again: so what is shown is the same in whatever portions they come. */

#include "listener-host/check-dialogue.h"

#include <string.h>

#include "listener-host/labelled-lines.h"
#include "listener-host/protocol.h"

#define READY_LENGTH strlen("READY\n")

/* Of wrong bytes, and of a line, so many are kept: as much of a line as the protocol reads. */
#define TEXT_MAX_BYTES PROTOCOL_LINE_MAX_BYTES

struct Dialogue {
        bool relays;
        DialogueSlipped slipped;
        void *userdata; /* borrowed */
        Protocol *protocol;
        ListenerState state;
        uint64_t n_pushed;
        bool after_result; /* the last word was a result */

        bool is_wrong; /* wrong bytes have begun, and their end is not known yet */
        ListenerState wrong_in;
        uint64_t wrong_offset;
        GString *wrong; /* their beginning */

        bool has_line; /* the RESULT line of the result under way, or last */
        uint64_t line_offset;
        GString *line;
};

Dialogue *dialogue_new(bool relays, DialogueSlipped slipped, void *userdata)
{
        Dialogue *dialogue = g_new0(Dialogue, 1);

        dialogue->relays = relays;
        dialogue->slipped = slipped;
        dialogue->userdata = userdata;
        dialogue->protocol = protocol_new();
        protocol_keep_results(dialogue->protocol,
                        relays ? LABELLED_LINES_MAX_BYTES : PROTOCOL_RESULT_MAX_BYTES);
        dialogue->wrong = g_string_new(NULL);
        dialogue->line = g_string_new(NULL);
        return dialogue;
}

Dialogue *dialogue_free(Dialogue *dialogue)
{
        if (!dialogue)
                return NULL;
        protocol_free(dialogue->protocol);
        g_string_free(dialogue->wrong, true);
        g_string_free(dialogue->line, true);
        g_free(dialogue);
        return NULL;
}

uint64_t dialogue_offset(const Dialogue *dialogue)
{
        return dialogue->n_pushed - protocol_buffered(dialogue->protocol);
}

uint64_t dialogue_pushed(const Dialogue *dialogue)
{
        return dialogue->n_pushed;
}

ListenerState dialogue_state(const Dialogue *dialogue)
{
        return dialogue->state;
}

uint64_t dialogue_result_offset(const Dialogue *dialogue)
{
        return dialogue->line_offset;
}

static void append_bounded(GString *to, const void *data, size_t size)
{
        g_string_append_len(to, data, MIN(size, TEXT_MAX_BYTES - to->len));
}

/* size: of the wrong bytes, of which there may be fewer here. */
static void tell(Dialogue *dialogue, SlipKind kind, SlipFate fate, uint64_t offset,
                const void *bytes, size_t size, const char *more)
{
        ListenerState state = dialogue->is_wrong ? dialogue->wrong_in : dialogue->state;
        g_autofree char *found = size > 0 ? protocol_excerpt(bytes, size) : NULL;
        const Slip slip = { kind, fate, offset, state == LISTENER_BUSY, found, more };

        dialogue->slipped(&slip, dialogue->userdata);
}

/* Wrong bytes. */

static void begin_wrong(Dialogue *dialogue, ListenerState in, uint64_t offset)
{
        dialogue->is_wrong = true;
        dialogue->wrong_in = in;
        dialogue->wrong_offset = offset;
}

/* READY behind them belongs to what Supervisor sees. */
static void end_wrong(Dialogue *dialogue, uint64_t end)
{
        GString *wrong = dialogue->wrong;
        uint64_t size = end - dialogue->wrong_offset;
        SlipFate fate;

        if (!dialogue->is_wrong)
                return;
        fate = slip_fate_of_bytes(dialogue->wrong_in, wrong->str, wrong->len);
        g_string_truncate(wrong, MIN(wrong->len, size));
        tell(dialogue,
                        slip_kind_of_bytes(dialogue->wrong_in, dialogue->after_result, wrong->str,
                                        wrong->len),
                        fate, dialogue->wrong_offset, wrong->str, size, NULL);
        dialogue->is_wrong = false;
}

/* Results. */

/* The protocol forgets the line as soon as it has read it. */
static void note_line(Dialogue *dialogue)
{
        const char *rest = protocol_rest(dialogue->protocol);
        size_t size = protocol_buffered(dialogue->protocol);
        const char *end = size > 0 ? memchr(rest, '\n', size) : NULL;

        if (dialogue->state != LISTENER_BUSY || dialogue->has_line || !end)
                return;
        dialogue->has_line = true;
        dialogue->line_offset = dialogue_offset(dialogue);
        g_string_truncate(dialogue->line, 0);
        append_bounded(dialogue->line, rest, end - rest);
}

static void judge_line(Dialogue *dialogue, size_t body_size)
{
        g_autofree char *usual = g_strdup_printf("RESULT %zu", body_size);
        g_autofree char *found = g_strdup_printf("%s\n", dialogue->line->str);

        if (strcmp(dialogue->line->str, usual) != 0)
                tell(dialogue, SLIP_RESULT_FORM, SLIP_FATE_TAKEN, dialogue->line_offset, found,
                                dialogue->line->len + 1, NULL);
}

/* Where it is not, *ret_more may say why. */
static bool is_right_body(const Dialogue *dialogue, GBytes *body, const char **ret_more)
{
        g_autoptr(LabelledLines) lines = NULL;
        gsize size;
        const char *data = g_bytes_get_data(body, &size);

        *ret_more = NULL;
        if (dialogue->relays) {
                lines = labelled_lines_new(body, ret_more);
                return lines != NULL;
        }
        if (size == 0)
                *ret_more = "Supervisor notices it with the next byte only";
        return (size == 2 && memcmp(data, "OK", 2) == 0) ||
               (size == 4 && memcmp(data, "FAIL", 4) == 0);
}

static DialogueStep take_result(Dialogue *dialogue, bool is_ok)
{
        SlipKind kind = dialogue->relays ? SLIP_RESULT_LINES : SLIP_RESULT_BODY;
        g_autoptr(GBytes) body = protocol_take_result(dialogue->protocol);
        const char *more;
        gsize size;
        const char *data = g_bytes_get_data(body, &size);
        bool is_right = is_right_body(dialogue, body, &more);

        judge_line(dialogue, size);
        if (!is_right)
                tell(dialogue, kind, slip_kind_fate(kind), dialogue_offset(dialogue) - size, data,
                                size, more);
        if (dialogue->relays)
                is_ok = is_right;
        machine_step(POOL_PROTOCOL_TOLERANT, &dialogue->state,
                        is_ok              ? INPUT_RESULT_OK
                        : dialogue->relays ? INPUT_RESULT_ERROR
                                           : INPUT_RESULT_OTHER);
        return is_ok ? DIALOGUE_ACCEPTED : DIALOGUE_REFUSED;
}

static DialogueStep skip_result(Dialogue *dialogue)
{
        tell(dialogue, SLIP_RESULT_TOO_LONG, slip_kind_fate(SLIP_RESULT_TOO_LONG),
                        dialogue->line_offset, dialogue->line->str, dialogue->line->len, NULL);
        machine_step(POOL_PROTOCOL_TOLERANT, &dialogue->state, INPUT_RESULT_OTHER);
        return DIALOGUE_REFUSED;
}

/* Step by step. */

void dialogue_push(Dialogue *dialogue, const void *data, size_t size)
{
        protocol_push(dialogue->protocol, data, size);
        dialogue->n_pushed += size;
        if (dialogue->is_wrong)
                append_bounded(dialogue->wrong, data, size);
}

static DialogueStep take_ready(Dialogue *dialogue)
{
        uint64_t end = dialogue_offset(dialogue);

        /* READY itself is wrong where a result is due. */
        if (dialogue->is_wrong && dialogue->wrong_offset < end - READY_LENGTH)
                end -= READY_LENGTH;
        end_wrong(dialogue, end);
        machine_step(POOL_PROTOCOL_TOLERANT, &dialogue->state, INPUT_READY_LINE);
        dialogue->after_result = false;
        return DIALOGUE_READY;
}

/* The token began, or the wrong bytes begin, at the offset. */
static DialogueStep take_token(Dialogue *dialogue, ProtocolToken token, uint64_t offset)
{
        switch (token) {
        case TOKEN_NONE:
                return DIALOGUE_NONE;
        case TOKEN_READY:
                return take_ready(dialogue);
        case TOKEN_RESULT_OK:
        case TOKEN_RESULT_OTHER:
                dialogue->after_result = true;
                return take_result(dialogue, token == TOKEN_RESULT_OK);
        case TOKEN_RESULT_TOO_LONG:
                dialogue->after_result = true;
                return skip_result(dialogue);
        case TOKEN_RESULT_BAD:
                begin_wrong(dialogue, LISTENER_BUSY, offset);
                machine_step(POOL_PROTOCOL_TOLERANT, &dialogue->state, INPUT_RESULT_BAD);
                return DIALOGUE_LOST;
        case TOKEN_STRAY:
                begin_wrong(dialogue, dialogue->state, offset);
                machine_step(POOL_PROTOCOL_TOLERANT, &dialogue->state, INPUT_STRAY);
                return dialogue_next(dialogue);
        case _PROTOCOL_TOKEN_MAX:
                break;
        }
        g_assert_not_reached();
}

DialogueStep dialogue_next(Dialogue *dialogue)
{
        uint64_t offset = dialogue_offset(dialogue);
        g_autofree char *excerpt = NULL;

        if (!dialogue->is_wrong) {
                g_string_truncate(dialogue->wrong, 0);
                append_bounded(dialogue->wrong, protocol_rest(dialogue->protocol),
                                protocol_buffered(dialogue->protocol));
        }
        note_line(dialogue);
        return take_token(dialogue, protocol_next(dialogue->protocol, dialogue->state, &excerpt),
                        offset);
}

void dialogue_give(Dialogue *dialogue)
{
        end_wrong(dialogue, dialogue->n_pushed);
        machine_step(POOL_PROTOCOL_TOLERANT, &dialogue->state, INPUT_EVENT);
        dialogue->has_line = false;
}

/* What is missing. */

static void tell_missing(Dialogue *dialogue, SlipKind none, SlipKind incomplete)
{
        size_t due = protocol_result_due(dialogue->protocol);
        g_autofree char *more =
                        due > 0 ? g_strdup_printf("%zu bytes of the body are missing", due) : NULL;
        size_t size = protocol_buffered(dialogue->protocol);
        SlipKind kind = size > 0 || due > 0 ? incomplete : none;

        tell(dialogue, kind, slip_kind_fate(kind), dialogue_offset(dialogue),
                        protocol_rest(dialogue->protocol), size, more);
}

void dialogue_overdue(Dialogue *dialogue)
{
        switch (dialogue->state) {
        case LISTENER_ACKNOWLEDGED:
                tell_missing(dialogue, SLIP_NO_READY, SLIP_INCOMPLETE_READY);
                return;
        case LISTENER_BUSY:
                tell_missing(dialogue, SLIP_NO_RESULT, SLIP_INCOMPLETE_RESULT);
                return;
        case LISTENER_READY:
        case LISTENER_UNKNOWN:
                dialogue_end(dialogue);
                return;
        case _LISTENER_STATE_MAX:
                break;
        }
        g_assert_not_reached();
}

void dialogue_end(Dialogue *dialogue)
{
        end_wrong(dialogue, dialogue->n_pushed);
}
