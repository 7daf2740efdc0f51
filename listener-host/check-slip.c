/* Supervisor skips the first seven bytes of what should be a RESULT line, whatever they are. */

#include "listener-host/check-slip.h"

#include <string.h>

#include "listener-host/protocol.h"

#define SUPERVISOR_SKIPS 7

typedef struct KindRow {
        const char *name;
        SlipFate fate;
        bool is_remark;
        const char *text;
        const char *right;
} KindRow;

/* clang-format off */
static const KindRow kinds[_SLIP_KIND_MAX] = {
        [SLIP_NOISE_BEFORE_READY] = {
                "noise-before-ready", SLIP_FATE_UNKNOWN, false,
                "no part of the protocol, where READY is due",
                "\"READY\\n\"; whatever else is to be said goes to stderr" },
        [SLIP_NEWLINE_AFTER_RESULT] = {
                "newline-after-result", SLIP_FATE_UNKNOWN, false,
                "a newline behind a result, whose length does not count it",
                "\"RESULT 2\\nOK\" and at once \"READY\\n\"" },
        [SLIP_SECOND_RESULT] = {
                "second-result", SLIP_FATE_UNKNOWN, false,
                "a second result for one event",
                "one RESULT for each event, then \"READY\\n\"" },
        [SLIP_READY_FORM] = {
                "ready-form", SLIP_FATE_UNKNOWN, false,
                "READY in another form",
                "\"READY\\n\": capitals, no blank, no carriage return" },
        [SLIP_INCOMPLETE_READY] = {
                "incomplete-ready", SLIP_FATE_WAITS, false,
                "a READY without its end",
                "\"READY\\n\", with the newline" },
        [SLIP_NO_READY] = {
                "no-ready", SLIP_FATE_WAITS, false,
                "no READY in time",
                "\"READY\\n\" at the start and after each result, and flush stdout" },
        [SLIP_ENDED_BEFORE_READY] = {
                "ended-before-ready", SLIP_FATE_RESTART, false,
                "the listener ended before it said READY", NULL },
        [SLIP_NOISE_WHILE_READY] = {
                "noise-while-ready", SLIP_FATE_UNKNOWN, false,
                "no part of the protocol, where nothing is due",
                "silence until there is an event; whatever is to be said goes to stderr" },
        [SLIP_SECOND_READY] = {
                "second-ready", SLIP_FATE_UNKNOWN, false,
                "READY for the second time",
                "\"READY\\n\" once, then silence until there is an event" },
        [SLIP_RESULT_WITHOUT_EVENT] = {
                "result-without-event", SLIP_FATE_UNKNOWN, false,
                "a result without an event",
                "wait for a header line, read the payload, then answer" },
        [SLIP_NOISE_BEFORE_RESULT] = {
                "noise-before-result", SLIP_FATE_UNKNOWN, false,
                "no part of the protocol, where RESULT is due",
                "\"RESULT 2\\nOK\"; whatever else is to be said goes to stderr" },
        [SLIP_READY_BEFORE_RESULT] = {
                "ready-before-result", SLIP_FATE_UNKNOWN, false,
                "READY with an event in hand",
                "\"RESULT 2\\nOK\" first" },
        [SLIP_RESULT_LENGTH] = {
                "result-length", SLIP_FATE_UNKNOWN, false,
                "a RESULT whose length is no number, or no possible one",
                "\"RESULT 2\\nOK\": the number of bytes of the body, a newline, the body" },
        [SLIP_RESULT_BODY] = {
                "result-body", SLIP_FATE_REFUSED, false,
                "a result that is neither OK nor FAIL",
                "\"RESULT 2\\nOK\" or \"RESULT 4\\nFAIL\", no newline behind them" },
        [SLIP_RESULT_LINES] = {
                "result-lines", SLIP_FATE_UNKNOWN, false,
                "a result that cannot be printed",
                "the payload of the event, as it is" },
        [SLIP_RESULT_TOO_LONG] = {
                "result-too-long", SLIP_FATE_REFUSED, false,
                "a result of unusual length, which is not read",
                "\"RESULT 2\\nOK\"" },
        [SLIP_INCOMPLETE_RESULT] = {
                "incomplete-result", SLIP_FATE_WAITS, false,
                "a result without its end",
                "\"RESULT 2\\nOK\": the number of bytes of the body, a newline, all of the body" },
        [SLIP_NO_RESULT] = {
                "no-result", SLIP_FATE_WAITS, false,
                "no RESULT in time",
                "\"RESULT 2\\nOK\" after each event, and flush stdout" },
        [SLIP_ENDED_BEFORE_RESULT] = {
                "ended-before-result", SLIP_FATE_REFUSED, false,
                "the listener ended with an event in hand",
                "answer first" },
        [SLIP_PAYLOAD_UNREAD] = {
                "payload-unread", SLIP_FATE_GARBLED, false,
                "an answer to an event that was not read to its end",
                "read as much after the header line as its len says, then answer" },
        [SLIP_LENGTH_IN_BYTES] = {
                "length-in-bytes", SLIP_FATE_GARBLED, false,
                "so many bytes were read as len counts characters",
                "read text in UTF-8, or set payload_length=bytes, which Supervisor does not know" },
        [SLIP_LENGTH_IN_CHARACTERS] = {
                "length-in-characters", SLIP_FATE_WAITS, false,
                "so many characters are awaited as len counts bytes",
                "read bytes, or do without payload_length=bytes" },
        [SLIP_TRANSLATES_LINE_ENDS] = {
                "translates-line-ends", SLIP_FATE_WAITS, false,
                "\"\\r\\n\" in the payload is read as one character, and one more is awaited",
                "read stdin as it is; Python's sys.stdin does, open(0) takes newline=\"\\n\"" },
        [SLIP_CLOSED_STDIN] = {
                "closed-stdin", SLIP_FATE_WAITS, false,
                "the listener has closed its stdin", NULL },
        [SLIP_CLOSED_STDOUT] = {
                "closed-stdout", SLIP_FATE_WAITS, false,
                "the listener has closed its stdout", NULL },
        [SLIP_STAYS_AT_END] = {
                "stays-at-end", SLIP_FATE_KILLS, false,
                "the listener stays though its stdin is at its end",
                "end when reading a header line gives nothing" },
        [SLIP_NOT_FLUSHED] = {
                "not-flushed", SLIP_FATE_WAITS, false,
                "what comes out only when the listener ends",
                "flush stdout after READY and after each result" },
        [SLIP_RESULT_FORM] = {
                "result-form", SLIP_FATE_TAKEN, true,
                "a RESULT line in an unusual form",
                "\"RESULT 2\\n\"" },
        [SLIP_ENDED_AFTER_RESULT] = {
                "ended-after-result", SLIP_FATE_RESTART, true,
                "the listener ended by itself after an answer", NULL },
        [SLIP_ENDED_WHILE_READY] = {
                "ended-while-ready", SLIP_FATE_RESTART, true,
                "the listener ended by itself while it was ready", NULL },
        [SLIP_ENDED_BADLY] = {
                "ended-badly", SLIP_FATE_TAKEN, true,
                "the listener ended badly at the end of its stdin",
                "end when reading a header line gives nothing" },
};

static const char *const fates[_SLIP_FATE_MAX] = {
        [SLIP_FATE_UNKNOWN] = "UNKNOWN: it gets no event any more until it is started again",
        [SLIP_FATE_REFUSED] = "the event counts as refused, and comes again at once, for ever",
        [SLIP_FATE_WAITS]   = "waits for ever",
        [SLIP_FATE_GARBLED] = "does not notice; what is left is taken for the next header line",
        [SLIP_FATE_RESTART] = "starts it again, where autorestart says so",
        [SLIP_FATE_KILLS]   = "kills it after stopwaitsecs, where SIGTERM does not end it",
        [SLIP_FATE_TAKEN]   = "takes it as it is",
};

/* The first row that fits counts. */
static const struct {
        ListenerState in;
        bool after_result; /* only then */
        const char *begin;
        SlipKind kind;
} forms[] = {
        { LISTENER_ACKNOWLEDGED, true,  "\n",     SLIP_NEWLINE_AFTER_RESULT },
        { LISTENER_ACKNOWLEDGED, true,  "\r\n",   SLIP_NEWLINE_AFTER_RESULT },
        { LISTENER_ACKNOWLEDGED, true,  "RESULT", SLIP_SECOND_RESULT        },
        { LISTENER_ACKNOWLEDGED, false, "RESULT", SLIP_RESULT_WITHOUT_EVENT },
        { LISTENER_ACKNOWLEDGED, false, "READY",  SLIP_READY_FORM           },
        { LISTENER_ACKNOWLEDGED, false, "ready",  SLIP_READY_FORM           },
        { LISTENER_ACKNOWLEDGED, false, "Ready",  SLIP_READY_FORM           },
        { LISTENER_ACKNOWLEDGED, false, "",       SLIP_NOISE_BEFORE_READY   },
        { LISTENER_READY,        false, "READY",  SLIP_SECOND_READY         },
        { LISTENER_READY,        false, "RESULT", SLIP_RESULT_WITHOUT_EVENT },
        { LISTENER_READY,        false, "",       SLIP_NOISE_WHILE_READY    },
        { LISTENER_BUSY,         false, "READY",  SLIP_READY_BEFORE_RESULT  },
        { LISTENER_BUSY,         false, "RESULT", SLIP_RESULT_LENGTH        },
        { LISTENER_BUSY,         false, "",       SLIP_NOISE_BEFORE_RESULT  },
};
/* clang-format on */

const char *slip_kind_name(SlipKind kind)
{
        return kinds[kind].name;
}

const char *slip_kind_text(SlipKind kind)
{
        return kinds[kind].text;
}

const char *slip_kind_right(SlipKind kind)
{
        return kinds[kind].right;
}

bool slip_kind_is_remark(SlipKind kind)
{
        return kinds[kind].is_remark;
}

SlipFate slip_kind_fate(SlipKind kind)
{
        return kinds[kind].fate;
}

const char *slip_fate_text(SlipFate fate)
{
        return fates[fate];
}

SlipKind slip_kind_of_bytes(ListenerState state, bool after_result, const char *bytes, size_t size)
{
        for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
                size_t length = strlen(forms[i].begin);

                if (forms[i].in == state && (after_result || !forms[i].after_result) &&
                                size >= length && memcmp(bytes, forms[i].begin, length) == 0)
                        return forms[i].kind;
        }
        g_assert_not_reached();
}

SlipFate slip_fate_of_bytes(ListenerState state, const char *bytes, size_t size)
{
        const char *end = size > 0 ? memchr(bytes, '\n', size) : NULL;
        uint64_t length;

        if (state != LISTENER_BUSY)
                return SLIP_FATE_UNKNOWN;
        if (!end)
                return size < PROTOCOL_LINE_MAX_BYTES ? SLIP_FATE_WAITS : SLIP_FATE_UNKNOWN;
        if (end - bytes > SUPERVISOR_SKIPS &&
                        protocol_parse_length(bytes + SUPERVISOR_SKIPS, end, &length))
                return SLIP_FATE_TAKEN;
        return SLIP_FATE_UNKNOWN;
}
