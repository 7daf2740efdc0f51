/* The body: version, type, serial and times in fixed places, so that a reader who looks for a type
 * or a serial need not take the rest apart; then what the event has besides, each with a tag. Tags
 * below FIRST_TEXT have a number behind them, the others a length and that many bytes, so that
 * versions to come can add some and this one passes over them.
 *
 * The checksum is zlib's CRC-32: it finds every torn end and every burst of damage of up to 32
 * bits, and takes a tenth of a microsecond for a usual event. */

#include "daemon/event/record.h"

#include <zlib.h>

#include "daemon/event/little-endian.h"

#define VERSION     1
#define FIXED_BYTES 26 /* of the body */
/* Of a number in groups of seven bits, and of what stands before a text. */
#define NUMBER_BYTES 10
#define TAG_BYTES    (1 + NUMBER_BYTES)

enum {
        TAG_PID = 1,
        TAG_FROM_STATE,
        TAG_TRIES,
        TAG_EXPECTED,
        TAG_EXIT_CODE,
        TAG_TERM_SIGNAL,
        TAG_TICK_WHEN,
        N_NUMBERS = TAG_TICK_WHEN,

        FIRST_TEXT = 64,
        TAG_GROUP = FIRST_TEXT,
        TAG_PROCESS,
        TAG_ASKED_BY,
        TAG_REMOTE_TYPE,
        TAG_DATA,
        END_OF_TEXTS,
};

/* What everybody relies on who gets an event of the type. */
enum {
        NEEDS_GROUP = 1 << 0,
        NEEDS_PROCESS = 1 << 1,
        NEEDS_DATA = 1 << 2,
        NEEDS_REMOTE_TYPE = 1 << 3,

        OF_PROCESS = NEEDS_GROUP | NEEDS_PROCESS,
        OUTPUT = OF_PROCESS | NEEDS_DATA,
};

typedef struct TypeInfo {
        unsigned needs;
        unsigned tick_period;
} TypeInfo;

static const TypeInfo types[_EVENT_TYPE_MAX] = {
        [EVENT_PROCESS_STATE_STARTING] = { OF_PROCESS },
        [EVENT_PROCESS_STATE_RUNNING] = { OF_PROCESS },
        [EVENT_PROCESS_STATE_BACKOFF] = { OF_PROCESS },
        [EVENT_PROCESS_STATE_STOPPING] = { OF_PROCESS },
        [EVENT_PROCESS_STATE_STOPPED] = { OF_PROCESS },
        [EVENT_PROCESS_STATE_EXITED] = { OF_PROCESS },
        [EVENT_PROCESS_STATE_FATAL] = { OF_PROCESS },
        [EVENT_PROCESS_STATE_UNKNOWN] = { OF_PROCESS },
        [EVENT_PROCESS_COMMUNICATION_STDOUT] = { OUTPUT },
        [EVENT_PROCESS_COMMUNICATION_STDERR] = { OUTPUT },
        [EVENT_PROCESS_LOG_STDOUT] = { OUTPUT },
        [EVENT_PROCESS_LOG_STDERR] = { OUTPUT },
        [EVENT_REMOTE_COMMUNICATION] = { NEEDS_REMOTE_TYPE | NEEDS_DATA },
        [EVENT_TICK_5] = { .tick_period = 5 },
        [EVENT_TICK_60] = { .tick_period = 60 },
        [EVENT_TICK_3600] = { .tick_period = 3600 },
        [EVENT_PROCESS_GROUP_ADDED] = { NEEDS_GROUP },
        [EVENT_PROCESS_GROUP_REMOVED] = { NEEDS_GROUP },
};

static uint8_t *put_number(uint8_t *at, uint64_t number)
{
        for (; number >= 0x80; number >>= 7)
                *at++ = number | 0x80;
        *at++ = number;
        return at;
}

static uint8_t *put_tagged(uint8_t *at, int tag, uint64_t number)
{
        *at++ = tag;
        return put_number(at, number);
}

static uint8_t *put_bytes(uint8_t *at, int tag, const void *data, size_t size)
{
        at = put_tagged(at, tag, size);
        if (size > 0)
                memcpy(at, data, size);
        return at + size;
}

static uint8_t *put_text(uint8_t *at, int tag, const char *text)
{
        return text ? put_bytes(at, tag, text, strlen(text)) : at;
}

static uint8_t *put_numbers(uint8_t *at, const Event *event)
{
        if (event->pid != 0)
                at = put_tagged(at, TAG_PID, (uint32_t)event->pid);
        if (event->from_state != 0)
                at = put_tagged(at, TAG_FROM_STATE, event->from_state);
        if (event->tries != 0)
                at = put_tagged(at, TAG_TRIES, event->tries);
        if (event->expected)
                at = put_tagged(at, TAG_EXPECTED, 1);
        if (event->exit_code >= 0)
                at = put_tagged(at, TAG_EXIT_CODE, event->exit_code);
        if (event->term_signal != 0)
                at = put_tagged(at, TAG_TERM_SIGNAL, (uint32_t)event->term_signal);
        if (event->tick_when != 0)
                at = put_tagged(at, TAG_TICK_WHEN, event->tick_when);
        return at;
}

static uint8_t *put_body(uint8_t *at, const Event *event)
{
        at[0] = VERSION;
        at[1] = event->type;
        put_u64(at + 2, event->serial);
        put_u64(at + 10, event->realtime_usec);
        put_u64(at + 18, event->monotonic_usec);
        at = put_numbers(at + FIXED_BYTES, event);
        at = put_text(at, TAG_GROUP, event->group);
        at = put_text(at, TAG_PROCESS, event->process);
        at = put_text(at, TAG_ASKED_BY, event->asked_by);
        at = put_text(at, TAG_REMOTE_TYPE, event->remote_type);
        if (event->data) {
                size_t size;
                const void *data = g_bytes_get_data(event->data, &size);

                at = put_bytes(at, TAG_DATA, data, size);
        }
        return at;
}

/* event_size() counts all texts. */
static size_t size_at_most(const Event *event)
{
        return RECORD_HEAD_BYTES + FIXED_BYTES +
               TAG_BYTES * (N_NUMBERS + END_OF_TEXTS - FIRST_TEXT) + event_size(event);
}

/* Over the length and the body. */
static uint32_t checksum(const uint8_t *record, size_t size, uint32_t key)
{
        uint32_t sum = crc32(key, record + 4, 4);

        return crc32(sum, record + RECORD_HEAD_BYTES, size - RECORD_HEAD_BYTES);
}

bool record_append(GByteArray *bytes, const Event *event, uint32_t key)
{
        const size_t before = bytes->len, at_most = size_at_most(event);
        uint8_t *record;
        size_t size;

        if (at_most > RECORD_MAX_BYTES)
                return false;
        g_byte_array_set_size(bytes, before + at_most);
        record = bytes->data + before;
        size = put_body(record + RECORD_HEAD_BYTES, event) - record;
        put_u32(record, key);
        put_u32(record + 4, size - RECORD_HEAD_BYTES);
        put_u32(record + 8, checksum(record, size, key));
        g_byte_array_set_size(bytes, before + size);
        return true;
}

size_t record_size(const uint8_t *bytes, uint32_t key)
{
        size_t length = get_u32(bytes + 4);

        if (get_u32(bytes) != key || length < FIXED_BYTES ||
                        length > RECORD_MAX_BYTES - RECORD_HEAD_BYTES)
                return 0;
        return RECORD_HEAD_BYTES + length;
}

static bool is_concrete(uint8_t type)
{
        return type < _EVENT_TYPE_MAX && !event_type_is_abstract(type);
}

bool record_check(const uint8_t *bytes, size_t size, uint32_t key, RecordFacts *ret)
{
        const uint8_t *body = bytes + RECORD_HEAD_BYTES;

        if (checksum(bytes, size, key) != get_u32(bytes + 8) || body[0] != VERSION ||
                        !is_concrete(body[1]))
                return false;
        *ret = (RecordFacts){
                .size = size,
                .type = body[1],
                .serial = get_u64(body + 2),
                .realtime_usec = get_u64(body + 10),
        };
        return true;
}

static bool get_number(const uint8_t **at, const uint8_t *end, uint64_t *ret)
{
        uint64_t number = 0;

        for (unsigned shift = 0; *at < end && shift < 64; shift += 7) {
                uint8_t byte = *(*at)++;

                number |= (uint64_t)(byte & 0x7f) << shift;
                if (!(byte & 0x80)) {
                        *ret = number;
                        return true;
                }
        }
        return false;
}

static void set_number(Event *event, int tag, uint64_t number)
{
        switch (tag) {
        case TAG_PID:
                event->pid = (pid_t)(uint32_t)number;
                break;
        case TAG_FROM_STATE:
                event->from_state = MIN(number, _PROCESS_STATE_MAX);
                break;
        case TAG_TRIES:
                event->tries = number;
                break;
        case TAG_EXPECTED:
                event->expected = number != 0;
                break;
        case TAG_EXIT_CODE:
                event->exit_code = (int)(uint32_t)number;
                break;
        case TAG_TERM_SIGNAL:
                event->term_signal = (int)(uint32_t)number;
                break;
        case TAG_TICK_WHEN:
                event->tick_when = number;
                break;
        }
}

static char **text_field(Event *event, int tag)
{
        switch (tag) {
        case TAG_GROUP:
                return &event->group;
        case TAG_PROCESS:
                return &event->process;
        case TAG_ASKED_BY:
                return &event->asked_by;
        case TAG_REMOTE_TYPE:
                return &event->remote_type;
        }
        return NULL;
}

/* What goes out as a string on the bus has to be UTF-8, without a zero in it. */
static bool set_bytes(Event *event, int tag, const uint8_t *data, size_t size)
{
        char **text = text_field(event, tag);

        if (tag == TAG_DATA && !event->data)
                event->data = g_bytes_new(data, size);
        if (!text)
                return true;
        if (*text || !g_utf8_validate_len((const char *)data, size, NULL))
                return false;
        *text = g_strndup((const char *)data, size);
        return true;
}

static bool read_tagged(Event *event, const uint8_t *at, const uint8_t *end)
{
        while (at < end) {
                int tag = *at++;
                uint64_t number;

                if (!get_number(&at, end, &number))
                        return false;
                if (tag < FIRST_TEXT) {
                        set_number(event, tag, number);
                        continue;
                }
                if (number > (size_t)(end - at) || !set_bytes(event, tag, at, number))
                        return false;
                at += number;
        }
        return true;
}

static bool has_what_it_needs(const Event *event)
{
        unsigned needs = types[event->type].needs;

        return (event->group || !(needs & NEEDS_GROUP)) &&
               (event->process || !(needs & NEEDS_PROCESS)) &&
               (event->data || !(needs & NEEDS_DATA)) &&
               (event->remote_type || !(needs & NEEDS_REMOTE_TYPE)) &&
               event->from_state < _PROCESS_STATE_MAX;
}

Event *record_read(const uint8_t *bytes, size_t size)
{
        const uint8_t *body = bytes + RECORD_HEAD_BYTES;
        g_autoptr(Event) event = event_new(body[1]);

        event->serial = get_u64(body + 2);
        event->realtime_usec = get_u64(body + 10);
        event->monotonic_usec = get_u64(body + 18);
        event->tick_period = types[event->type].tick_period;
        if (!read_tagged(event, body + FIXED_BYTES, bytes + size) || !has_what_it_needs(event))
                return NULL;
        return g_steal_pointer(&event);
}
