/* What is written is read again, and whatever else is in a file is seen for what it is. */

#include "daemon/event/pool-record.h"

#include <string.h>

#include "tests/unit/event-fixture.h"

static Cursor *new_cursor(uint64_t serial, uint64_t poolserial)
{
        const uint64_t answered[] = { serial + 2, serial + 5 };
        const CursorAttempts attempts[] = { { serial + 1, 3 } };
        const CursorCommit commit = { serial, answered, 2, poolserial, attempts, 1 };
        Cursor *cursor = cursor_new(0);

        g_assert_true(cursor_commit(cursor, &commit));
        return cursor;
}

static DeadLetter *new_letter(uint64_t serial, EventType type)
{
        g_autoptr(Event) event = event_example(type);

        event->serial = serial;
        return dead_letter_new(event, serial + 100, 10, "mail_00", "not \303\266k");
}

static void append_cursor(GByteArray *bytes, uint64_t serial)
{
        g_autoptr(Cursor) cursor = new_cursor(serial, serial * 10);

        pool_record_append_cursor(bytes, cursor);
}

static void append_letter(GByteArray *bytes, uint64_t serial)
{
        g_autoptr(DeadLetter) letter = new_letter(serial, EVENT_TICK_5);

        g_assert_true(pool_record_append_letter(bytes, letter));
}

/* Name, cursor, two letters of which one goes, another cursor. */
static GByteArray *usual(void)
{
        GByteArray *bytes = g_byte_array_new();

        pool_record_append_name(bytes, "mail");
        append_cursor(bytes, 7);
        append_letter(bytes, 3);
        append_letter(bytes, 8);
        pool_record_append_retry(bytes, 8);
        pool_record_append_drop(bytes, 3);
        append_cursor(bytes, 9);
        return bytes;
}

static void assert_cursor(const Cursor *cursor, uint64_t serial)
{
        g_assert_nonnull(cursor);
        g_assert_cmpuint(cursor->serial, ==, serial);
        g_assert_cmpuint(cursor->poolserial, ==, serial * 10);
        g_assert_true(cursor_has_answered(cursor, serial + 2));
        g_assert_true(cursor_has_answered(cursor, serial + 5));
        g_assert_false(cursor_has_answered(cursor, serial + 4));
        g_assert_cmpuint(cursor->attempts->len, ==, 1);
        g_assert_cmpuint(g_array_index(cursor->attempts, CursorAttempts, 0).serial, ==, serial + 1);
        g_assert_cmpuint(g_array_index(cursor->attempts, CursorAttempts, 0).n_failed, ==, 3);
}

static void test_whole(void)
{
        g_autoptr(GByteArray) bytes = usual();
        g_autoptr(PoolImage) image = pool_image_read(bytes->data, bytes->len);
        const DeadLetter *letter;

        g_assert_cmpint(image->end, ==, POOL_RECORD_END_CLEAN);
        g_assert_cmpuint(image->size, ==, bytes->len);
        g_assert_cmpstr(image->pool, ==, "mail");
        assert_cursor(image->cursor, 9);
        g_assert_cmpuint(dead_letters_count(image->letters, ""), ==, 1);
        letter = dead_letters_at(image->letters, "", 0);
        g_assert_cmpuint(letter->event->serial, ==, 8);
        g_assert_true(letter->is_retried);
}

/* A letter that no commit has had yet counts as dealt with; one that was there before the cursor
 * may be of another event log. */
static void test_letter_behind_cursor(void)
{
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        g_autoptr(PoolImage) image = NULL;

        pool_record_append_name(bytes, "mail");
        append_letter(bytes, 30);
        append_cursor(bytes, 7);
        append_letter(bytes, 8);
        image = pool_image_read(bytes->data, bytes->len);
        g_assert_cmpint(image->end, ==, POOL_RECORD_END_CLEAN);
        g_assert_true(cursor_has_answered(image->cursor, 8));
        g_assert_false(cursor_has_answered(image->cursor, 30));
        g_assert_cmpuint(dead_letters_count(image->letters, ""), ==, 2);
}

static void test_nothing(void)
{
        g_autoptr(PoolImage) image = pool_image_read(NULL, 0);

        g_assert_cmpint(image->end, ==, POOL_RECORD_END_CLEAN);
        g_assert_null(image->pool);
        g_assert_null(image->cursor);
}

static void test_letter_of_each_type(void)
{
        for (int type = 0; type < _EVENT_TYPE_MAX; type++) {
                g_autoptr(GByteArray) bytes = g_byte_array_new();
                g_autoptr(PoolImage) image = NULL;
                g_autoptr(DeadLetter) letter = NULL;
                const DeadLetter *found;

                if (event_type_is_abstract(type))
                        continue;
                letter = new_letter(5, type);
                pool_record_append_name(bytes, "mail");
                g_assert_true(pool_record_append_letter(bytes, letter));
                image = pool_image_read(bytes->data, bytes->len);
                g_assert_cmpint(image->end, ==, POOL_RECORD_END_CLEAN);
                found = dead_letters_find(image->letters, "", 5);
                g_assert_nonnull(found);
                event_assert_same(found->event, letter->event);
                g_assert_cmpuint(found->poolserial, ==, 105);
                g_assert_cmpuint(found->n_attempts, ==, 10);
                g_assert_cmpuint(found->realtime_usec, ==, letter->realtime_usec);
                g_assert_cmpstr(found->process, ==, "mail_00");
                g_assert_cmpstr(found->reason, ==, "not \303\266k");
                g_assert_false(found->is_retried);
        }
}

/* Wherever the writing was cut off: what was written before is there, and nothing else. */
static void test_torn(void)
{
        g_autoptr(GByteArray) bytes = usual();
        size_t last = 0;

        for (size_t size = 1; size < bytes->len; size++) {
                g_autofree uint8_t *copy = g_memdup2(bytes->data, size);
                g_autoptr(PoolImage) image = pool_image_read(copy, size);

                g_assert_cmpint(image->end, ==,
                                image->size == size ? POOL_RECORD_END_CLEAN : POOL_RECORD_END_TORN);
                g_assert_cmpuint(image->size, >=, last);
                g_assert_cmpuint(image->size, <=, size);
                last = image->size;
                if (image->cursor)
                        assert_cursor(image->cursor, 7);
        }
}

/* The length was there before the data: zeros, or the last record half so. */
static void test_torn_with_zeros(void)
{
        g_autoptr(GByteArray) bytes = usual();
        size_t whole = bytes->len;
        g_autoptr(PoolImage) longer = NULL;
        g_autoptr(PoolImage) half = NULL;

        g_byte_array_set_size(bytes, whole + 4096);
        memset(bytes->data + whole, 0, 4096);
        longer = pool_image_read(bytes->data, bytes->len);
        g_assert_cmpint(longer->end, ==, POOL_RECORD_END_TORN);
        g_assert_cmpuint(longer->size, ==, whole);
        memset(bytes->data + whole - 10, 0, 10);
        half = pool_image_read(bytes->data, whole);
        g_assert_cmpint(half->end, ==, POOL_RECORD_END_TORN);
        assert_cursor(half->cursor, 7);
}

/* Each bit turned over: never taken for what it was, and what stood before it is still there. */
static void test_damaged(void)
{
        g_autoptr(GByteArray) bytes = usual();

        for (size_t i = 0; i < bytes->len; i++) {
                g_autoptr(PoolImage) image = NULL;

                bytes->data[i] ^= 1 << (i % 8);
                image = pool_image_read(bytes->data, bytes->len);
                bytes->data[i] ^= 1 << (i % 8);
                g_assert_cmpint(image->end, !=, POOL_RECORD_END_CLEAN);
                g_assert_cmpuint(image->size, <=, i);
                if (image->cursor)
                        assert_cursor(image->cursor, 7);
        }
}

static void test_first_record(void)
{
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        g_autoptr(PoolImage) without_name = NULL;
        g_autoptr(PoolImage) two_names = NULL;

        append_cursor(bytes, 7);
        without_name = pool_image_read(bytes->data, bytes->len);
        g_assert_cmpint(without_name->end, ==, POOL_RECORD_END_DAMAGED);
        g_assert_null(without_name->pool);
        g_byte_array_set_size(bytes, 0);
        pool_record_append_name(bytes, "a\377\nb");
        pool_record_append_name(bytes, "b");
        two_names = pool_image_read(bytes->data, bytes->len);
        g_assert_cmpint(two_names->end, ==, POOL_RECORD_END_DAMAGED);
        g_assert_cmpstr(two_names->pool, ==, "a\377\nb");
}

static void test_too_long(void)
{
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        g_autoptr(Event) event = event_new_remote("t", NULL, 0);
        g_autoptr(DeadLetter) letter = NULL;

        g_clear_pointer(&event->data, g_bytes_unref);
        event->data = g_bytes_new_take(g_malloc0(4 << 20), 4 << 20);
        letter = dead_letter_new(event, 0, 1, "p", "r");
        g_assert_false(pool_record_append_letter(bytes, letter));
        g_assert_cmpuint(bytes->len, ==, 0);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/pool-record/whole", test_whole);
        g_test_add_func("/pool-record/letter-behind-cursor", test_letter_behind_cursor);
        g_test_add_func("/pool-record/nothing", test_nothing);
        g_test_add_func("/pool-record/letter-of-each-type", test_letter_of_each_type);
        g_test_add_func("/pool-record/torn", test_torn);
        g_test_add_func("/pool-record/torn-with-zeros", test_torn_with_zeros);
        g_test_add_func("/pool-record/damaged", test_damaged);
        g_test_add_func("/pool-record/first-record", test_first_record);
        g_test_add_func("/pool-record/too-long", test_too_long);
        return g_test_run();
}
