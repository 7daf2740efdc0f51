/* A bad line is reported but not consumed: the listener is UNKNOWN after it, and looking for its
 * next READY begins with that very line. There READY may stand at the end of any line, because a
 * skipped result has no newline of its own: "OKREADY". */

#include "listener-host/protocol.h"

#include <string.h>

#include "listener-host/python-bytes.h"

#define READY_LINE        "READY\n"
#define READY_LINE_LENGTH (sizeof READY_LINE - 1)
#define RESULT_WORD       "RESULT"

/* A result of more is not waited for: its length is nonsense. */
#define RESULT_SKIP_MAX_BYTES (64 * 1024 * 1024)

/* Any number above may be taken for this one: a petabyte never comes. */
#define LENGTH_MAX (UINT64_C(1) << 50)

#define EXCERPT_MAX_BYTES     64
#define STRICT_TEXT_MAX_BYTES 1024

struct Protocol {
        PoolProtocol which;
        GByteArray *buffer;
        bool in_burst;   /* something was reported, and no READY or RESULT came since */
        bool in_result;  /* a RESULT line was read */
        bool is_skipped; /* the result is too long to be kept */
        uint64_t result_bytes;
        size_t result_max_bytes;
        bool keeps_results;
        GBytes *result; /* the last one, where results are kept */
};

Protocol *protocol_new(void)
{
        Protocol *protocol = g_new0(Protocol, 1);

        protocol->buffer = g_byte_array_new();
        protocol->result_max_bytes = PROTOCOL_RESULT_MAX_BYTES;
        return protocol;
}

Protocol *protocol_free(Protocol *protocol)
{
        if (!protocol)
                return NULL;
        g_byte_array_unref(protocol->buffer);
        g_bytes_unref(protocol->result);
        g_free(protocol);
        return NULL;
}

void protocol_set(Protocol *protocol, PoolProtocol which)
{
        protocol->which = which;
}

void protocol_push(Protocol *protocol, const void *data, size_t size)
{
        g_byte_array_append(protocol->buffer, data, size);
}

void protocol_keep_results(Protocol *protocol, size_t max_bytes)
{
        protocol->keeps_results = true;
        protocol->result_max_bytes = max_bytes;
}

GBytes *protocol_take_result(Protocol *protocol)
{
        return g_steal_pointer(&protocol->result);
}

size_t protocol_buffered(const Protocol *protocol)
{
        return protocol->buffer->len;
}

const void *protocol_rest(const Protocol *protocol)
{
        return protocol->buffer->data;
}

size_t protocol_result_due(const Protocol *protocol)
{
        return protocol->in_result ? protocol->result_bytes - protocol->buffer->len : 0;
}

static void consume(Protocol *protocol, size_t size)
{
        if (size > 0)
                g_byte_array_remove_range(protocol->buffer, 0, size);
}

char *protocol_excerpt(const void *bytes, size_t size)
{
        const uint8_t *data = bytes;
        GString *text = g_string_new(NULL);

        for (size_t i = 0; i < MIN(size, EXCERPT_MAX_BYTES); i++)
                if (data[i] == '\n')
                        g_string_append(text, "\\n");
                else if (data[i] == '\r')
                        g_string_append(text, "\\r");
                else if (data[i] == '\t')
                        g_string_append(text, "\\t");
                else if (g_ascii_isprint(data[i]) && data[i] != '\\')
                        g_string_append_c(text, data[i]);
                else
                        g_string_append_printf(text, "\\x%02x", data[i]);
        if (size > EXCERPT_MAX_BYTES)
                g_string_append(text, "...");
        return g_string_free(text, false);
}

/* Underscores may stand between two digits only. More than LENGTH_MAX is as good as that. */
static bool parse_digits(const char *text, const char *end, uint64_t *ret)
{
        uint64_t value = 0;

        if (text == end || end[-1] == '_')
                return false;
        for (const char *c = text; c < end; c++) {
                if (*c == '_' && c > text && c[-1] != '_')
                        continue;
                if (!g_ascii_isdigit(*c))
                        return false;
                value = MIN(value * 10 + (*c - '0'), LENGTH_MAX);
        }
        *ret = value;
        return true;
}

static bool is_blank(char c)
{
        return c == ' ' || (c >= '\t' && c <= '\r');
}

bool protocol_parse_length(const char *text, const char *end, uint64_t *ret)
{
        bool negative;
        uint64_t value;

        while (text < end && is_blank(*text))
                text++;
        while (end > text && is_blank(end[-1]))
                end--;
        negative = text < end && *text == '-';
        if (text < end && (*text == '-' || *text == '+'))
                text++;
        if (!parse_digits(text, end, &value) || (negative && value > 0))
                return false;
        *ret = value;
        return true;
}

static bool parse_result_line(const char *line, size_t size, uint64_t *ret)
{
        const size_t word = strlen(RESULT_WORD);

        if (size <= word || memcmp(line, RESULT_WORD, word) != 0 || g_ascii_isalnum(line[word]))
                return false;
        return protocol_parse_length(line + word + 1, line + size, ret) &&
               *ret <= RESULT_SKIP_MAX_BYTES;
}

static ProtocolToken report(
                Protocol *protocol, ProtocolToken token, size_t size, char **ret_excerpt)
{
        protocol->in_burst = true;
        *ret_excerpt = protocol_excerpt(protocol->buffer->data, size);
        return token;
}

static ProtocolToken ready(Protocol *protocol, size_t size)
{
        consume(protocol, size);
        protocol->in_burst = false;
        return TOKEN_READY;
}

static ProtocolToken next_when_acknowledged(Protocol *protocol, char **ret_excerpt)
{
        size_t size = protocol->buffer->len;

        if (size == 0)
                return TOKEN_NONE;
        if (memcmp(protocol->buffer->data, READY_LINE, MIN(size, READY_LINE_LENGTH)) != 0)
                return report(protocol, TOKEN_STRAY, size, ret_excerpt);
        return size < READY_LINE_LENGTH ? TOKEN_NONE : ready(protocol, READY_LINE_LENGTH);
}

static ProtocolToken next_when_ready(Protocol *protocol, char **ret_excerpt)
{
        bool is_first = !protocol->in_burst;
        size_t size = protocol->buffer->len;

        if (size == 0)
                return TOKEN_NONE;
        if (is_first)
                report(protocol, TOKEN_STRAY, size, ret_excerpt);
        consume(protocol, size);
        return is_first ? TOKEN_STRAY : TOKEN_NONE;
}

static ProtocolToken next_when_unknown(Protocol *protocol)
{
        const uint8_t *data = protocol->buffer->data;
        size_t size = protocol->buffer->len;

        for (size_t at = 0; at + READY_LINE_LENGTH <= size; at++)
                if (memcmp(data + at, READY_LINE, READY_LINE_LENGTH) == 0)
                        return ready(protocol, at + READY_LINE_LENGTH);
        if (size >= READY_LINE_LENGTH)
                consume(protocol, size - (READY_LINE_LENGTH - 1));
        return TOKEN_NONE;
}

static void keep_result(Protocol *protocol, size_t size)
{
        g_bytes_unref(protocol->result);
        protocol->result = g_bytes_new(protocol->buffer->data, size);
}

static void begin_result(Protocol *protocol, size_t line_bytes, uint64_t result_bytes)
{
        consume(protocol, line_bytes);
        protocol->in_result = true;
        protocol->is_skipped = result_bytes > protocol->result_max_bytes;
        protocol->result_bytes = result_bytes;
}

static ProtocolToken finish_result(Protocol *protocol)
{
        size_t present = MIN((uint64_t)protocol->buffer->len, protocol->result_bytes);
        bool is_ok;

        if (protocol->is_skipped) {
                consume(protocol, present);
                protocol->result_bytes -= present;
                if (protocol->result_bytes > 0)
                        return TOKEN_NONE;
        } else if (present < protocol->result_bytes) {
                return TOKEN_NONE;
        }
        is_ok = present == 2 && memcmp(protocol->buffer->data, "OK", 2) == 0;
        protocol->in_result = false;
        protocol->in_burst = false;
        if (protocol->is_skipped)
                return TOKEN_RESULT_TOO_LONG;
        if (protocol->keeps_results)
                keep_result(protocol, present);
        consume(protocol, present);
        return is_ok ? TOKEN_RESULT_OK : TOKEN_RESULT_OTHER;
}

static ProtocolToken next_when_busy(Protocol *protocol, char **ret_excerpt)
{
        size_t size = MIN(protocol->buffer->len, PROTOCOL_LINE_MAX_BYTES);
        const char *line = (const char *)protocol->buffer->data;
        const char *end;
        uint64_t bytes;

        if (protocol->in_result)
                return finish_result(protocol);
        end = size > 0 ? memchr(line, '\n', size) : NULL;
        if (!end && size < PROTOCOL_LINE_MAX_BYTES)
                return TOKEN_NONE;
        if (!end)
                return report(protocol, TOKEN_RESULT_BAD, size, ret_excerpt);
        if (!parse_result_line(line, end - line, &bytes))
                return report(protocol, TOKEN_RESULT_BAD, end - line, ret_excerpt);
        begin_result(protocol, end - line + 1, bytes);
        return finish_result(protocol);
}

/* The strict protocol. */

static ProtocolToken drop_all(Protocol *protocol, ProtocolToken token)
{
        g_byte_array_set_size(protocol->buffer, 0);
        return token;
}

static ProtocolToken strict_when_acknowledged(Protocol *protocol, char **ret_excerpt)
{
        if (protocol->buffer->len < READY_LINE_LENGTH)
                return TOKEN_NONE;
        if (memcmp(protocol->buffer->data, READY_LINE, READY_LINE_LENGTH) == 0)
                return ready(protocol, READY_LINE_LENGTH);
        report(protocol, TOKEN_STRAY, protocol->buffer->len, ret_excerpt);
        return drop_all(protocol, TOKEN_STRAY);
}

static ProtocolToken strict_when_ready(Protocol *protocol, char **ret_excerpt)
{
        if (protocol->buffer->len == 0)
                return TOKEN_NONE;
        report(protocol, TOKEN_STRAY, protocol->buffer->len, ret_excerpt);
        return drop_all(protocol, TOKEN_STRAY);
}

static ProtocolToken strict_bad_line(Protocol *protocol, size_t size, char **ret_excerpt)
{
        const char *line = (const char *)protocol->buffer->data;
        size_t shown = MIN(size, STRICT_TEXT_MAX_BYTES);
        GString *text = g_string_new(NULL);

        if (python_bytes_is_text(line, size))
                g_string_append_len(text, line, shown);
        else {
                g_string_append(text, "Undecodable: ");
                python_bytes_append(text, line, shown);
        }
        *ret_excerpt = g_string_free(text, false);
        return drop_all(protocol, TOKEN_RESULT_BAD);
}

static ProtocolToken strict_when_busy(Protocol *protocol, char **ret_excerpt)
{
        const char *line = (const char *)protocol->buffer->data;
        size_t size = MIN(protocol->buffer->len, PROTOCOL_STRICT_LINE_MAX_BYTES);
        const size_t word = strlen(RESULT_WORD " ");
        const char *end;
        uint64_t bytes;

        if (size == 0)
                return TOKEN_NONE;
        if (protocol->in_result)
                return finish_result(protocol);
        end = memchr(line, '\n', size);
        if (!end && size < PROTOCOL_STRICT_LINE_MAX_BYTES)
                return TOKEN_NONE;
        size = end ? (size_t)(end - line) : size;
        if (size < word || !protocol_parse_length(line + word, line + size, &bytes))
                return strict_bad_line(protocol, size, ret_excerpt);
        begin_result(protocol, size + 1, bytes);
        return protocol->buffer->len > 0 ? finish_result(protocol) : TOKEN_NONE;
}

static ProtocolToken strict_next(Protocol *protocol, ListenerState state, char **ret_excerpt)
{
        switch (state) {
        case LISTENER_ACKNOWLEDGED:
                return strict_when_acknowledged(protocol, ret_excerpt);
        case LISTENER_READY:
                return strict_when_ready(protocol, ret_excerpt);
        case LISTENER_BUSY:
                return strict_when_busy(protocol, ret_excerpt);
        case LISTENER_UNKNOWN:
                return drop_all(protocol, TOKEN_NONE);
        case _LISTENER_STATE_MAX:
                break;
        }
        g_assert_not_reached();
}

ProtocolToken protocol_next(Protocol *protocol, ListenerState state, char **ret_excerpt)
{
        if (protocol->which == POOL_PROTOCOL_STRICT)
                return strict_next(protocol, state, ret_excerpt);
        switch (state) {
        case LISTENER_ACKNOWLEDGED:
                return next_when_acknowledged(protocol, ret_excerpt);
        case LISTENER_READY:
                return next_when_ready(protocol, ret_excerpt);
        case LISTENER_BUSY:
                return next_when_busy(protocol, ret_excerpt);
        case LISTENER_UNKNOWN:
                return next_when_unknown(protocol);
        case _LISTENER_STATE_MAX:
                break;
        }
        g_assert_not_reached();
}
