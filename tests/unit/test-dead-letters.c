/* Events here are ticks, told apart by their serial alone. */

#include "daemon/event/dead-letters.h"

static DeadLetter *new_letter(uint64_t serial, const char *reason)
{
        g_autoptr(Event) event = event_new_tick(5, 0);

        event->serial = serial;
        return dead_letter_new(event, serial + 100, 10, "mail_00", reason);
}

static void add(DeadLetters *letters, uint64_t serial)
{
        dead_letters_add(letters, "mail", new_letter(serial, "answered FAIL"));
}

static void assert_serials(const DeadLetters *letters, const uint64_t *serials, unsigned n)
{
        g_assert_cmpuint(dead_letters_count(letters, "mail"), ==, n);
        for (unsigned i = 0; i < n; i++)
                g_assert_cmpuint(
                                dead_letters_at(letters, "mail", i)->event->serial, ==, serials[i]);
        g_assert_null(dead_letters_at(letters, "mail", n));
}

static void test_order(void)
{
        g_autoptr(DeadLetters) letters = dead_letters_new(10, 100000);
        static const uint64_t serials[] = { 3, 5, 8, 9 };

        g_assert_cmpuint(dead_letters_count(letters, "mail"), ==, 0);
        g_assert_null(dead_letters_at(letters, "mail", 0));
        g_assert_null(dead_letters_find(letters, "mail", 3));
        add(letters, 5);
        add(letters, 9);
        add(letters, 3);
        add(letters, 8);
        assert_serials(letters, serials, G_N_ELEMENTS(serials));
        g_assert_cmpuint(dead_letters_find(letters, "mail", 8)->poolserial, ==, 108);
        g_assert_null(dead_letters_find(letters, "mail", 4));
        g_assert_null(dead_letters_find(letters, "mail", 10));
}

/* Another pool has its own. */
static void test_pools(void)
{
        g_autoptr(DeadLetters) letters = dead_letters_new(10, 100000);

        add(letters, 5);
        g_assert_null(dead_letters_find(letters, "other", 5));
        g_assert_false(dead_letters_drop(letters, "other", 5));
        dead_letters_add(letters, "other", new_letter(5, "died"));
        g_assert_true(dead_letters_drop(letters, "mail", 5));
        g_assert_cmpuint(dead_letters_count(letters, "mail"), ==, 0);
        g_assert_cmpstr(dead_letters_find(letters, "other", 5)->reason, ==, "died");
}

static void test_retry(void)
{
        g_autoptr(DeadLetters) letters = dead_letters_new(10, 100000);

        add(letters, 5);
        g_assert_false(dead_letters_retry(letters, "mail", 4));
        g_assert_false(dead_letters_find(letters, "mail", 5)->is_retried);
        g_assert_true(dead_letters_retry(letters, "mail", 5));
        g_assert_false(dead_letters_retry(letters, "mail", 5));
        g_assert_true(dead_letters_find(letters, "mail", 5)->is_retried);
        /* Refused again, it is a dead letter again. */
        dead_letters_add(letters, "mail", new_letter(5, "answered FAIL again"));
        g_assert_cmpuint(dead_letters_count(letters, "mail"), ==, 1);
        g_assert_false(dead_letters_find(letters, "mail", 5)->is_retried);
        g_assert_cmpstr(dead_letters_find(letters, "mail", 5)->reason, ==, "answered FAIL again");
}

static void test_drop(void)
{
        g_autoptr(DeadLetters) letters = dead_letters_new(10, 100000);

        add(letters, 5);
        add(letters, 6);
        g_assert_false(dead_letters_drop(letters, "mail", 7));
        g_assert_true(dead_letters_drop(letters, "mail", 5));
        g_assert_false(dead_letters_drop(letters, "mail", 5));
        assert_serials(letters, (const uint64_t[]){ 6 }, 1);
}

static void test_max_letters(void)
{
        g_autoptr(DeadLetters) letters = dead_letters_new(3, 100000);

        for (uint64_t serial = 1; serial <= 5; serial++)
                add(letters, serial);
        assert_serials(letters, (const uint64_t[]){ 3, 4, 5 }, 3);
        add(letters, 4);
        assert_serials(letters, (const uint64_t[]){ 3, 4, 5 }, 3);
}

static DeadLetter *new_large(uint64_t serial, size_t size)
{
        g_autoptr(Event) event = event_new(EVENT_REMOTE_COMMUNICATION);

        event->serial = serial;
        event->remote_type = g_strdup("t");
        event->data = g_bytes_new_take(g_malloc0(size), size);
        return dead_letter_new(event, 0, 1, "p", "r");
}

static void test_max_bytes(void)
{
        g_autoptr(DeadLetters) letters = dead_letters_new(100, 100000);

        for (uint64_t serial = 1; serial <= 3; serial++)
                dead_letters_add(letters, "mail", new_large(serial, 30000));
        add(letters, 4);
        dead_letters_add(letters, "mail", new_large(5, 60000));
        assert_serials(letters, (const uint64_t[]){ 3, 4, 5 }, 3);
        /* What was dropped counts no more. */
        g_assert_true(dead_letters_drop(letters, "mail", 5));
        dead_letters_add(letters, "mail", new_large(6, 60000));
        assert_serials(letters, (const uint64_t[]){ 3, 4, 6 }, 3);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/dead-letters/order", test_order);
        g_test_add_func("/dead-letters/pools", test_pools);
        g_test_add_func("/dead-letters/retry", test_retry);
        g_test_add_func("/dead-letters/drop", test_drop);
        g_test_add_func("/dead-letters/max-letters", test_max_letters);
        g_test_add_func("/dead-letters/max-bytes", test_max_bytes);
        return g_test_run();
}
