/* A listener that slips goes on being served the way it needs, so that one mistake does not look
 * like many: what it answers too early is not sent to its end, what it waits for in vain is given.
 * Only when it leaves something in its pipe there is no way on: it reads that as the next header.
 */

#include "listener-host/check-delivery.h"

#include <string.h>

#include "bus/clock.h"

/* How long an event is held back; longer with a listener that has been slow. */
#define PROBE_USEC (200 * UINT64_C(1000))

/* Between the portions of an event in pieces, and before the last byte of any. */
#define PAUSE_USEC (5 * UINT64_C(1000))

#define MAX_PORTIONS 6

/* Some token that no listener can know. */
#define UNKNOWN_TOKEN " check:busvisor"

typedef struct Message {
        GString *text;
        size_t header_size; /* the newline included */
        size_t characters;  /* of the payload */
        /* It is written up to each of these places, in order, with a pause after each but the
         * last, which is its end. */
        size_t ends[MAX_PORTIONS];
        unsigned n_ends;
        uint64_t pause_usec;
        bool probes_length; /* the first place is where who counts bytes has enough */
} Message;

static void message_free(Message *message)
{
        g_string_free(message->text, true);
        g_free(message);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Message, message_free)

static size_t payload_size(const Message *message)
{
        return message->text->len - message->header_size;
}

/* Characters of more than one byte have so many further ones. */
static size_t further_bytes(const Message *message)
{
        return payload_size(message) - message->characters;
}

static bool begins_character(char c)
{
        return (c & 0xc0) != 0x80;
}

static Message *make_message(const Delivery *delivery, const Event *event)
{
        g_autoptr(GBytes) bytes = payload_message(
                        event, "check", "check", delivery->n_given, &delivery->style);
        Message *message = g_new0(Message, 1);
        gsize size;
        const char *data = g_bytes_get_data(bytes, &size);
        const char *line_end = memchr(data, '\n', size);

        message->text = g_string_new_len(data, size);
        if (delivery->style.extras)
                g_string_insert(message->text, line_end - data, UNKNOWN_TOKEN);
        message->header_size = strchr(message->text->str, '\n') + 1 - message->text->str;
        for (size_t i = message->header_size; i < message->text->len; i++)
                message->characters += begins_character(message->text->str[i]);
        return message;
}

/* Portions. */

static void add_end(Message *message, size_t end)
{
        size_t last = message->n_ends > 0 ? message->ends[message->n_ends - 1] : 0;

        if (end > last && end <= message->text->len)
                message->ends[message->n_ends++] = end;
}

static uint64_t patience(const Delivery *delivery)
{
        return MIN(MAX(PROBE_USEC, 8 * check_report_slowest_usec(delivery->report)),
                        delivery->timeout_usec);
}

/* Where who counts bytes has enough, if no character is cut there. */
static size_t end_of_byte_count(const Message *message)
{
        size_t end = message->header_size + message->characters;

        return further_bytes(message) > 0 && begins_character(message->text->str[end]) ? end : 0;
}

static void plan_portions(Delivery *delivery, const CheckItem *item, Message *message)
{
        size_t header = message->header_size;
        size_t byte_count = end_of_byte_count(message);

        message->pause_usec = PAUSE_USEC;
        if (!delivery->is_thorough || payload_size(message) == 0) {
                add_end(message, message->text->len);
                return;
        }
        if (!delivery->has_probed_payload) {
                delivery->has_probed_payload = true;
                message->pause_usec = patience(delivery);
                add_end(message, header);
        } else if (!delivery->has_probed_length && byte_count > 0 &&
                        delivery->style.length == PAYLOAD_LENGTH_CHARACTERS) {
                delivery->has_probed_length = true;
                message->probes_length = true;
                message->pause_usec = patience(delivery);
                add_end(message, byte_count);
        } else if (item->in_pieces) {
                add_end(message, 1);
                add_end(message, header - 1);
                add_end(message, header + 1);
                add_end(message, header + payload_size(message) / 2);
        }
        add_end(message, message->text->len - 1);
        add_end(message, message->text->len);
}

/* Answers what happened before all was written; *ret_written: how much was. */
static Happening write_portions(
                Delivery *delivery, Session *session, const Message *message, size_t *ret_written)
{
        size_t written = 0;

        for (unsigned i = 0; i < message->n_ends; i++) {
                Happening happening = i > 0 ? session_wait(session, message->pause_usec)
                                            : HAPPENING_NOTHING;

                *ret_written = written;
                if (happening != HAPPENING_NOTHING)
                        return happening;
                check_child_write(session_child(session), message->text->str + written,
                                message->ends[i] - written);
                written = message->ends[i];
        }
        *ret_written = written;
        return HAPPENING_NOTHING;
}

/* Answers. */

static void adjust_length(Delivery *delivery, PayloadLength length)
{
        delivery->style.length = length;
        check_report_length(delivery->report, payload_length_names[length]);
}

/* Of what it was given, it has left something. */
static void tell_unread(Delivery *delivery, Session *session, const Message *message, size_t unread)
{
        g_autofree char *more =
                        g_strdup_printf("%zu of %zu bytes were left", unread, message->text->len);

        if (delivery->style.length == PAYLOAD_LENGTH_CHARACTERS &&
                        unread == further_bytes(message)) {
                session_slip_in_result(session, SLIP_LENGTH_IN_BYTES, more);
                adjust_length(delivery, PAYLOAD_LENGTH_BYTES);
        } else {
                session_slip_in_result(session, SLIP_PAYLOAD_UNREAD, more);
        }
}

/* After an answer; what was not written yet will not be. False when something of the event lies in
 * the pipe, or lay there: it may be gone by now, as a header line that is none. */
static bool judge_reading(
                Delivery *delivery, Session *session, const Message *message, size_t written)
{
        size_t in_pipe = check_child_unread(session_child(session));
        size_t unread = message->text->len - written + in_pipe;

        if (unread > 0)
                tell_unread(delivery, session, message, unread);
        else if (message->probes_length || (delivery->style.length == PAYLOAD_LENGTH_BYTES &&
                                                           further_bytes(message) > 0))
                check_report_length(delivery->report, payload_length_names[delivery->style.length]);
        return in_pipe == 0 &&
               (unread == 0 || written == message->header_size ||
                               (message->probes_length && written == message->ends[0]));
}

static size_t count_line_ends(const Message *message)
{
        const char *at = message->text->str + message->header_size;
        const char *end = message->text->str + message->text->len;
        size_t n = 0;

        for (; at + 1 < end; at++)
                n += at[0] == '\r' && at[1] == '\n';
        return n;
}

/* Gives the listener so many characters more, which it should not need. */
static Happening try_more(Delivery *delivery, Session *session, size_t n, SlipKind kind)
{
        g_autofree char *more = g_strnfill(n, '\n');
        Happening happening;

        check_child_write(session_child(session), more, n);
        happening = session_wait(session, patience(delivery));
        if (happening != HAPPENING_ACCEPTED && happening != HAPPENING_REFUSED)
                return happening;
        session_slip_in_result(session, kind, NULL);
        if (kind == SLIP_LENGTH_IN_CHARACTERS)
                adjust_length(delivery, PAYLOAD_LENGTH_CHARACTERS);
        return happening;
}

/* A file that is opened as text may read "\r\n" as one character, and wait for one that is not
 * there. */
static Happening wait_for_answer(Delivery *delivery, Session *session, const Message *message)
{
        size_t n_line_ends = count_line_ends(message);
        Happening happening;

        if (n_line_ends > 0) {
                happening = session_wait(session, 2 * patience(delivery));
                if (happening == HAPPENING_NOTHING)
                        happening = try_more(
                                        delivery, session, n_line_ends, SLIP_TRANSLATES_LINE_ENDS);
                if (happening != HAPPENING_NOTHING)
                        return happening;
        }
        happening = session_wait(session, delivery->timeout_usec);
        if (happening == HAPPENING_NOTHING && delivery->style.length == PAYLOAD_LENGTH_BYTES &&
                        further_bytes(message) > 0)
                happening = try_more(delivery, session, further_bytes(message),
                                SLIP_LENGTH_IN_CHARACTERS);
        return happening;
}

static void conclude(Delivery *delivery, Session *session, Happening happening, uint64_t usec)
{
        CheckOutcome outcome = CHECK_LOST;

        if (happening == HAPPENING_ACCEPTED)
                outcome = CHECK_ACCEPTED;
        else if (happening == HAPPENING_REFUSED)
                outcome = CHECK_REFUSED;
        else if (happening == HAPPENING_ENDED)
                session_slip(session, SLIP_ENDED_BEFORE_RESULT,
                                check_child_end_text(session_child(session)));
        else if (happening == HAPPENING_NOTHING)
                session_overdue(session);
        check_report_answered(delivery->report, outcome, usec);
}

Happening delivery_give(Delivery *delivery, Session *session, const CheckItem *item)
{
        g_autoptr(Message) message = make_message(delivery, item->event);
        Happening happening;
        size_t written;
        uint64_t begun;

        delivery->n_given++;
        dialogue_give(session_dialogue(session));
        check_report_given(delivery->report, item->event, item->label);
        plan_portions(delivery, item, message);
        happening = write_portions(delivery, session, message, &written);
        begun = clock_now_usec(CLOCK_MONOTONIC);
        if (happening == HAPPENING_NOTHING)
                happening = wait_for_answer(delivery, session, message);
        begun = clock_now_usec(CLOCK_MONOTONIC) - begun;
        conclude(delivery, session, happening, begun);
        if ((happening == HAPPENING_ACCEPTED || happening == HAPPENING_REFUSED) &&
                        !judge_reading(delivery, session, message, written))
                return HAPPENING_OUT_OF_STEP;
        return happening;
}
