/* A record is its length (of kind and body), a checksum of all that, the kind and the body. What a
 * crash can leave behind is an end that is torn, which is then simply not there; a record that is
 * wrong with more behind it was damaged, and what is behind it cannot be trusted. */

#include "daemon/event/pool-record.h"

#include <string.h>

#include <zlib.h>

#include "daemon/event/little-endian.h"
#include "daemon/event/record.h"

#define VERSION 1

#define HEAD_BYTES 8
/* Of an event with its head, and of what a letter has besides. */
#define MAX_BYTES (RECORD_MAX_BYTES + 64 * 1024)

#define LETTER_FIXED_BYTES 24
#define CURSOR_FIXED_BYTES 24
#define ATTEMPTS_BYTES     12

/* There is no need for a key: nothing is looked for behind what is damaged. */
#define EVENT_KEY 0

enum {
        KIND_NAME = 1,
        KIND_CURSOR,
        KIND_LETTER,
        KIND_RETRY,
        KIND_DROP,
};

/* Writing. */

static void append_u32(GByteArray *bytes, uint32_t value)
{
        uint8_t raw[sizeof value];

        put_u32(raw, value);
        g_byte_array_append(bytes, raw, sizeof raw);
}

static void append_u64(GByteArray *bytes, uint64_t value)
{
        uint8_t raw[sizeof value];

        put_u64(raw, value);
        g_byte_array_append(bytes, raw, sizeof raw);
}

static void append_text(GByteArray *bytes, const char *text)
{
        append_u32(bytes, strlen(text));
        g_byte_array_append(bytes, (const uint8_t *)text, strlen(text));
}

/* Answers where the record begins. */
static size_t begin_record(GByteArray *bytes, uint8_t kind)
{
        size_t begin = bytes->len;

        g_byte_array_set_size(bytes, begin + HEAD_BYTES);
        g_byte_array_append(bytes, &kind, 1);
        return begin;
}

/* Over the length as well. */
static uint32_t checksum(const uint8_t *record, size_t length)
{
        uint32_t sum = crc32(0, record, 4);

        return crc32(sum, record + HEAD_BYTES, length);
}

static void end_record(GByteArray *bytes, size_t begin)
{
        uint8_t *record = bytes->data + begin;
        size_t length = bytes->len - begin - HEAD_BYTES;

        put_u32(record, length);
        put_u32(record + 4, checksum(record, length));
}

void pool_record_append_name(GByteArray *bytes, const char *pool)
{
        size_t begin = begin_record(bytes, KIND_NAME);

        append_u32(bytes, VERSION);
        append_text(bytes, pool);
        end_record(bytes, begin);
}

void pool_record_append_cursor(GByteArray *bytes, const Cursor *cursor)
{
        size_t begin = begin_record(bytes, KIND_CURSOR);

        append_u64(bytes, cursor->serial);
        append_u64(bytes, cursor->poolserial);
        append_u32(bytes, cursor->answered->len);
        append_u32(bytes, cursor->attempts->len);
        for (guint i = 0; i < cursor->answered->len; i++)
                append_u64(bytes, g_array_index(cursor->answered, uint64_t, i));
        for (guint i = 0; i < cursor->attempts->len; i++) {
                const CursorAttempts *one = &g_array_index(cursor->attempts, CursorAttempts, i);

                append_u64(bytes, one->serial);
                append_u32(bytes, one->n_failed);
        }
        end_record(bytes, begin);
}

bool pool_record_append_letter(GByteArray *bytes, const DeadLetter *letter)
{
        size_t begin = begin_record(bytes, KIND_LETTER);

        append_u64(bytes, letter->poolserial);
        append_u64(bytes, letter->realtime_usec);
        append_u32(bytes, letter->n_attempts);
        append_u32(bytes, letter->is_retried);
        append_text(bytes, letter->process);
        append_text(bytes, letter->reason);
        if (!record_append(bytes, letter->event, EVENT_KEY) || bytes->len - begin > MAX_BYTES) {
                g_byte_array_set_size(bytes, begin);
                return false;
        }
        end_record(bytes, begin);
        return true;
}

static void append_serial(GByteArray *bytes, uint8_t kind, uint64_t serial)
{
        size_t begin = begin_record(bytes, kind);

        append_u64(bytes, serial);
        end_record(bytes, begin);
}

void pool_record_append_retry(GByteArray *bytes, uint64_t serial)
{
        append_serial(bytes, KIND_RETRY, serial);
}

void pool_record_append_drop(GByteArray *bytes, uint64_t serial)
{
        append_serial(bytes, KIND_DROP, serial);
}

/* Reading: each is given the body of a record, and answers whether it makes sense. */

static char *read_text(const uint8_t **at, size_t *left)
{
        size_t length;
        char *text;

        if (*left < 4)
                return NULL;
        length = get_u32(*at);
        if (length > *left - 4 || !g_utf8_validate_len((const char *)*at + 4, length, NULL))
                return NULL;
        text = g_strndup((const char *)*at + 4, length);
        *at += 4 + length;
        *left -= 4 + length;
        return text;
}

/* Names are not always UTF-8. */
static bool read_name(PoolImage *image, const uint8_t *body, size_t size)
{
        if (image->pool || size < 8 || get_u32(body + 4) != size - 8 ||
                        memchr(body + 8, '\0', size - 8))
                return false;
        image->pool = g_strndup((const char *)body + 8, size - 8);
        return true;
}

static bool read_cursor(PoolImage *image, const uint8_t *body, size_t size)
{
        g_autofree uint64_t *answered = NULL;
        g_autofree CursorAttempts *attempts = NULL;
        g_autoptr(Cursor) cursor = cursor_new(0);
        CursorCommit commit = {};

        if (size < CURSOR_FIXED_BYTES)
                return false;
        commit.serial = get_u64(body);
        commit.poolserial = get_u64(body + 8);
        commit.n_answered = get_u32(body + 16);
        commit.n_attempts = get_u32(body + 20);
        if (commit.n_answered > CURSOR_ANSWERED_MAX || commit.n_attempts > CURSOR_ATTEMPTS_MAX ||
                        size != CURSOR_FIXED_BYTES + commit.n_answered * sizeof *answered +
                                                        commit.n_attempts * ATTEMPTS_BYTES)
                return false;
        commit.answered = answered = g_new(uint64_t, commit.n_answered);
        commit.attempts = attempts = g_new(CursorAttempts, commit.n_attempts);
        body += CURSOR_FIXED_BYTES;
        for (size_t i = 0; i < commit.n_answered; i++, body += sizeof *answered)
                answered[i] = get_u64(body);
        for (size_t i = 0; i < commit.n_attempts; i++, body += ATTEMPTS_BYTES)
                attempts[i] = (CursorAttempts){ get_u64(body), get_u32(body + 8) };
        cursor_commit(cursor, &commit);
        cursor_free(image->cursor);
        image->cursor = g_steal_pointer(&cursor);
        return true;
}

static Event *read_event(const uint8_t *bytes, size_t size)
{
        RecordFacts facts;

        if (size < RECORD_HEAD_BYTES || record_size(bytes, EVENT_KEY) != size ||
                        !record_check(bytes, size, EVENT_KEY, &facts))
                return NULL;
        return record_read(bytes, size);
}

/* The host tells of a letter before it commits that it has passed the event. */
static bool read_letter(PoolImage *image, const uint8_t *body, size_t size)
{
        const uint8_t *at = body + LETTER_FIXED_BYTES;
        g_autofree char *process = NULL;
        g_autofree char *reason = NULL;
        g_autoptr(Event) event = NULL;
        DeadLetter *letter;
        size_t left;

        if (size < LETTER_FIXED_BYTES)
                return false;
        left = size - LETTER_FIXED_BYTES;
        process = read_text(&at, &left);
        reason = process ? read_text(&at, &left) : NULL;
        event = reason ? read_event(at, left) : NULL;
        if (!event)
                return false;
        letter = dead_letter_new(event, get_u64(body), get_u32(body + 16), process, reason);
        letter->realtime_usec = get_u64(body + 8);
        letter->is_retried = get_u32(body + 20) & 1;
        if (image->cursor)
                cursor_note_given_up(image->cursor, event->serial);
        dead_letters_recall(image->letters, "", letter);
        return true;
}

/* One that is not there any more was pushed out since. */
static bool read_retry(PoolImage *image, const uint8_t *body, size_t size)
{
        if (size != 8)
                return false;
        (void)dead_letters_retry(image->letters, "", get_u64(body));
        return true;
}

static bool read_drop(PoolImage *image, const uint8_t *body, size_t size)
{
        if (size != 8)
                return false;
        (void)dead_letters_drop(image->letters, "", get_u64(body));
        return true;
}

static bool (*const readers[])(PoolImage *image, const uint8_t *body, size_t size) = {
        [KIND_NAME] = read_name,
        [KIND_CURSOR] = read_cursor,
        [KIND_LETTER] = read_letter,
        [KIND_RETRY] = read_retry,
        [KIND_DROP] = read_drop,
};

static bool is_all_zero(const uint8_t *bytes, size_t size)
{
        return size == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0);
}

/* The file may have got its length before its data when the machine went down. */
static PoolRecordEnd judge_broken(const uint8_t *bytes, size_t size, size_t length)
{
        if (length + HEAD_BYTES == size || is_all_zero(bytes, size))
                return POOL_RECORD_END_TORN;
        return POOL_RECORD_END_DAMAGED;
}

static bool is_of_later_version(const uint8_t *kind, size_t length)
{
        return *kind >= G_N_ELEMENTS(readers) || !readers[*kind] ||
               (*kind == KIND_NAME && length >= 5 && get_u32(kind + 1) > VERSION);
}

/* How long the record is; 0 when reading ends here, for the reason in *ret_end. */
static size_t read_record(
                PoolImage *image, const uint8_t *bytes, size_t size, PoolRecordEnd *ret_end)
{
        size_t length = size < HEAD_BYTES ? 0 : get_u32(bytes);
        uint8_t kind;

        *ret_end = POOL_RECORD_END_TORN;
        if (size < HEAD_BYTES || (length <= MAX_BYTES && length > size - HEAD_BYTES))
                return 0;
        *ret_end = judge_broken(bytes, size, length);
        if (length == 0 || length > MAX_BYTES || get_u32(bytes + 4) != checksum(bytes, length))
                return 0;
        *ret_end = POOL_RECORD_END_UNKNOWN;
        if (is_of_later_version(bytes + HEAD_BYTES, length))
                return 0;
        *ret_end = POOL_RECORD_END_DAMAGED;
        kind = bytes[HEAD_BYTES];
        if (kind != KIND_NAME && !image->pool)
                return 0;
        return readers[kind](image, bytes + HEAD_BYTES + 1, length - 1) ? HEAD_BYTES + length : 0;
}

PoolImage *pool_image_read(const uint8_t *bytes, size_t size)
{
        PoolImage *image = g_new0(PoolImage, 1);

        image->letters = dead_letters_new(DEAD_LETTERS_MAX, DEAD_LETTERS_MAX_BYTES);
        while (image->size < size) {
                size_t length = read_record(
                                image, bytes + image->size, size - image->size, &image->end);

                if (length == 0)
                        return image;
                image->size += length;
        }
        image->end = POOL_RECORD_END_CLEAN;
        return image;
}

PoolImage *pool_image_free(PoolImage *image)
{
        if (!image)
                return NULL;
        g_free(image->pool);
        cursor_free(image->cursor);
        dead_letters_free(image->letters);
        g_free(image);
        return NULL;
}
