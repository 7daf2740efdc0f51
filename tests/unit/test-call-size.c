/* The figures are estimates; what matters is that nothing large is taken for small. */

#include "daemon/face/call-size.h"

#include "bus/cleanup.h"
#include "tests/unit/message-fixture.h"

#define KIB     1024
#define AT_MOST (1024 * KIB)

static size_t size_of(sd_bus_message *message)
{
        seal_message(message);
        return call_size(message, AT_MOST);
}

static void test_small(void)
{
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);
        g_autoptr(sd_bus_message) empty = new_message(bus);
        g_autoptr(sd_bus_message) some = new_message(bus);
        size_t empty_bytes, some_bytes;
        const char *text;

        g_assert_cmpint(sd_bus_message_append(some, "sa{sv}(tas)", "text", 1, "x", "as", 1, "y",
                                        UINT64_C(1), 2, "a", "b"),
                        >=, 0);
        empty_bytes = size_of(empty);
        some_bytes = size_of(some);
        g_assert_cmpuint(empty_bytes, >=, KIB);
        g_assert_cmpuint(empty_bytes, <, some_bytes);
        g_assert_cmpuint(some_bytes, <, 2 * KIB);
        g_assert_cmpint(sd_bus_message_read(some, "s", &text), >,
                        0); /* as if it had not been read */
        g_assert_cmpstr(text, ==, "text");
}

static void test_large(void)
{
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);
        g_autoptr(sd_bus_message) text = new_message(bus);
        g_autoptr(sd_bus_message) bytes = new_message(bus);
        g_autoptr(sd_bus_message) numbers = new_message(bus);
        g_autofree char *long_text = g_strnfill(100 * KIB, 'x');

        g_assert_cmpint(sd_bus_message_append(text, "v", "as", 1, long_text), >=, 0);
        g_assert_cmpint(sd_bus_message_append_array(bytes, 'y', long_text, 100 * KIB), >=, 0);
        g_assert_cmpint(sd_bus_message_append_array(numbers, 't', long_text, 100 * KIB), >=, 0);
        g_assert_cmpuint(size_of(text), >=, 100 * KIB);
        g_assert_cmpuint(size_of(bytes), >=, 100 * KIB);
        g_assert_cmpuint(size_of(numbers), >=, 100 * KIB);
}

/* It is looked at no further than to see that it is. */
static void test_too_large(void)
{
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);
        g_autoptr(sd_bus_message) message = new_message(bus);

        g_assert_cmpint(sd_bus_message_open_container(message, 'a', "(s)"), >=, 0);
        for (unsigned i = 0; i < 1000; i++)
                g_assert_cmpint(sd_bus_message_append(message, "(s)", "0123456789"), >=, 0);
        g_assert_cmpint(sd_bus_message_close_container(message), >=, 0);
        seal_message(message);
        g_assert_cmpuint(call_size(message, 5 * KIB), >=, 5 * KIB);
        g_assert_cmpuint(call_size(message, 5 * KIB), <, 8 * KIB);
        g_assert_cmpuint(call_size(message, AT_MOST), >=, 11000);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/call-size/small, of all sorts", test_small);
        g_test_add_func("/call-size/large texts and arrays", test_large);
        g_test_add_func("/call-size/no further than the bound", test_too_large);
        return g_test_run();
}
