/* Records: all that an event has survives, nothing that is damaged passes, and what a later version
 * may add is passed over. */

#include "daemon/event/record.h"

#include <string.h>

#include <zlib.h>

#include "daemon/event/little-endian.h"
#include "tests/unit/event-fixture.h"

#define KEY 0x89abcdefu

static Event *read_again(const GByteArray *bytes)
{
        RecordFacts facts;
        size_t size = record_size(bytes->data, KEY);

        g_assert_cmpuint(size, ==, bytes->len);
        if (!record_check(bytes->data, size, KEY, &facts))
                return NULL;
        return record_read(bytes->data, size);
}

static void check_round_trip(const Event *event)
{
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        g_autoptr(Event) again = NULL;
        RecordFacts facts;

        g_assert_true(record_append(bytes, event, KEY));
        again = read_again(bytes);
        g_assert_nonnull(again);
        event_assert_same(again, event);
        g_assert_true(record_check(bytes->data, bytes->len, KEY, &facts));
        g_assert_cmpuint(facts.size, ==, bytes->len);
        g_assert_cmpuint(facts.serial, ==, event->serial);
        g_assert_cmpuint(facts.realtime_usec, ==, event->realtime_usec);
        g_assert_cmpint(facts.type, ==, event->type);
}

static void test_all_types(void)
{
        unsigned n = 0;

        for (int type = 0; type < _EVENT_TYPE_MAX; type++) {
                g_autoptr(Event) event = NULL;

                if (event_type_is_abstract(type))
                        continue;
                event = event_example(type);
                check_round_trip(event);
                n++;
        }
        g_assert_cmpuint(n, ==, 20);
}

static void test_extremes(void)
{
        g_autoptr(Event) exited = event_example(EVENT_PROCESS_STATE_EXITED);
        g_autoptr(Event) tick = event_example(EVENT_TICK_5);
        g_autoptr(Event) remote = event_new_remote("", "", 0);
        g_autoptr(GBytes) large =
                        g_bytes_new_take(g_malloc0(EVENT_DATA_MAX_BYTES), EVENT_DATA_MAX_BYTES);
        g_autoptr(Event) output = event_example(EVENT_PROCESS_LOG_STDERR);

        exited->exit_code = 255;
        exited->term_signal = 64;
        exited->tries = UINT_MAX;
        exited->pid = INT32_MAX;
        exited->serial = UINT64_MAX;
        check_round_trip(exited);
        exited->exit_code = 0;
        check_round_trip(exited);
        tick->tick_when = UINT64_MAX;
        tick->realtime_usec = tick->monotonic_usec = UINT64_MAX;
        check_round_trip(tick);
        check_round_trip(remote);
        g_bytes_unref(output->data);
        output->data = g_bytes_ref(large);
        check_round_trip(output);
}

static void test_too_long(void)
{
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        g_autoptr(Event) event = event_new(EVENT_PROCESS_GROUP_ADDED);

        event->group = g_strnfill(RECORD_MAX_BYTES, 'g');
        g_assert_false(record_append(bytes, event, KEY));
        g_assert_cmpuint(bytes->len, ==, 0);
}

static void test_flipped_bits(void)
{
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        g_autoptr(Event) event = event_example(EVENT_PROCESS_LOG_STDOUT);
        RecordFacts facts;

        g_assert_true(record_append(bytes, event, KEY));
        for (size_t bit = 0; bit < bytes->len * 8; bit++) {
                size_t size;

                bytes->data[bit / 8] ^= 1 << bit % 8;
                size = record_size(bytes->data, KEY);
                g_assert_true(size == 0 || size > bytes->len ||
                                !record_check(bytes->data, size, KEY, &facts));
                bytes->data[bit / 8] ^= 1 << bit % 8;
        }
        /* The right bytes of another file. */
        g_assert_cmpuint(record_size(bytes->data, KEY + 1), ==, 0);
        put_u32(bytes->data, KEY + 1);
        g_assert_false(record_check(bytes->data, bytes->len, KEY + 1, &facts));
}

/* A record with this body, its checksum right. */
static GByteArray *forge(const uint8_t *body, size_t size)
{
        GByteArray *bytes = g_byte_array_new();

        g_byte_array_set_size(bytes, RECORD_HEAD_BYTES + size);
        put_u32(bytes->data, KEY);
        put_u32(bytes->data + 4, size);
        memcpy(bytes->data + RECORD_HEAD_BYTES, body, size);
        put_u32(bytes->data + 8, crc32(crc32(KEY, bytes->data + 4, 4), body, size));
        return bytes;
}

/* What stands in fixed places, then these bytes. */
static Event *read_with(EventType type, const char *more, size_t size)
{
        uint8_t body[256] = { 1, type };
        g_autoptr(GByteArray) bytes = NULL;

        memcpy(body + 26, more, size);
        bytes = forge(body, 26 + size);
        return read_again(bytes);
}

/* Tags: below 64 with a number, the others with a length and bytes. */
static void test_additions_are_passed_over(void)
{
        static const char more[] = "\x20\xff\x01" /* a number */
                                   "\x40\x01g"    /* the group */
                                   "\x7f\x03xyz"; /* bytes */
        g_autoptr(Event) event = read_with(EVENT_PROCESS_GROUP_ADDED, more, sizeof more - 1);

        g_assert_nonnull(event);
        g_assert_cmpstr(event->group, ==, "g");
}

static void test_no_event(void)
{
        static const struct {
                EventType type;
                const char *more;
                size_t size;
        } wrong[] = {
                { EVENT_PROCESS_GROUP_ADDED, "", 0 },                  /* without a group */
                { EVENT_PROCESS_STATE_RUNNING, "\x40\x01g", 3 },       /* without a process */
                { EVENT_REMOTE_COMMUNICATION, "\x43\x01t", 3 },        /* without data */
                { EVENT_PROCESS_LOG_STDOUT, "\x40\x01g\x41\x01p", 6 }, /* likewise */
                { EVENT_PROCESS_GROUP_ADDED, "\x40\x02g", 3 },         /* a length too far */
                { EVENT_PROCESS_GROUP_ADDED, "\x40\xff\xff\xff\xff\x0f", 6 }, /* very far */
                { EVENT_PROCESS_GROUP_ADDED, "\x40", 1 },                     /* no length */
                { EVENT_PROCESS_GROUP_ADDED, "\x40\x01g\x01\x80", 5 },  /* a number that stops */
                { EVENT_PROCESS_GROUP_ADDED, "\x40\x01\xff", 3 },       /* no UTF-8 */
                { EVENT_PROCESS_GROUP_ADDED, "\x40\x02g\0", 4 },        /* a zero in a text */
                { EVENT_PROCESS_GROUP_ADDED, "\x40\x01g\x40\x01g", 6 }, /* two groups */
                { EVENT_PROCESS_STATE_RUNNING, "\x40\x01g\x41\x01p\x02\x63", 8 }, /* no state */
                { EVENT_TICK_5, "\x07\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", 13 },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
                g_assert_null(read_with(wrong[i].type, wrong[i].more, wrong[i].size));
}

static void test_unknown(void)
{
        uint8_t body[26] = { 2, EVENT_TICK_5 };
        g_autoptr(GByteArray) version = forge(body, sizeof body);
        g_autoptr(GByteArray) abstract = NULL;
        g_autoptr(GByteArray) type = NULL;

        g_assert_null(read_again(version));
        body[0] = 1;
        body[1] = EVENT_TICK;
        abstract = forge(body, sizeof body);
        g_assert_null(read_again(abstract));
        body[1] = _EVENT_TYPE_MAX;
        type = forge(body, sizeof body);
        g_assert_null(read_again(type));
}

/* Files are read by versions to come: these numbers stay. */
static void test_numbers_on_disk(void)
{
        g_assert_cmpint(EVENT_PROCESS_STATE_STARTING, ==, 2);
        g_assert_cmpint(EVENT_PROCESS_STATE_UNKNOWN, ==, 9);
        g_assert_cmpint(EVENT_PROCESS_COMMUNICATION_STDOUT, ==, 11);
        g_assert_cmpint(EVENT_PROCESS_LOG_STDERR, ==, 15);
        g_assert_cmpint(EVENT_REMOTE_COMMUNICATION, ==, 16);
        g_assert_cmpint(EVENT_SUPERVISOR_STATE_CHANGE_STOPPING, ==, 19);
        g_assert_cmpint(EVENT_TICK_3600, ==, 23);
        g_assert_cmpint(EVENT_PROCESS_GROUP_REMOVED, ==, 26);
        g_assert_cmpint(PROCESS_STOPPED, ==, 0);
        g_assert_cmpint(PROCESS_UNKNOWN, ==, 7);
}

/* This record was written by the first version. */
static void test_first_version(void)
{
        static const uint8_t record[] = { 0xef, 0xcd, 0xab, 0x89, 0x27, 0, 0, 0, 0, 0, 0,
                0, /* sum */
                1, 7, 5, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 1, 8,
                2, 2, 4, 1, 5, 3, 0x40, 1, 'g', 0x41, 1, 'p' };
        g_autoptr(GByteArray) bytes =
                        forge(record + RECORD_HEAD_BYTES, sizeof record - RECORD_HEAD_BYTES);
        g_autoptr(Event) wanted =
                        event_new_process_state("g", "p", PROCESS_RUNNING, PROCESS_EXITED);
        g_autoptr(Event) event = read_again(bytes);

        wanted->serial = 5;
        wanted->realtime_usec = 6;
        wanted->monotonic_usec = 7;
        wanted->pid = 8;
        wanted->expected = true;
        wanted->exit_code = 3;
        event_assert_same(event, wanted);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/record/all-types", test_all_types);
        g_test_add_func("/record/extremes", test_extremes);
        g_test_add_func("/record/too-long", test_too_long);
        g_test_add_func("/record/flipped-bits", test_flipped_bits);
        g_test_add_func("/record/additions-are-passed-over", test_additions_are_passed_over);
        g_test_add_func("/record/no-event", test_no_event);
        g_test_add_func("/record/unknown", test_unknown);
        g_test_add_func("/record/numbers-on-disk", test_numbers_on_disk);
        g_test_add_func("/record/first-version", test_first_version);
        return g_test_run();
}
