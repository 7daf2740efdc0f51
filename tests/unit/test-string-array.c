/* Messages are made by hand. */

#include "daemon/face/string-array.h"

#include "bus/cleanup.h"
#include "bus/names.h"
#include "tests/unit/message-fixture.h"

/* An array of so many times this text, and a number behind it. */
static sd_bus_message *array_of(sd_bus *bus, unsigned n, const char *text)
{
        sd_bus_message *message = new_message(bus);

        g_assert_cmpint(sd_bus_message_open_container(message, 'a', "s"), >=, 0);
        for (unsigned i = 0; i < n; i++)
                g_assert_cmpint(sd_bus_message_append(message, "s", text), >=, 0);
        g_assert_cmpint(sd_bus_message_close_container(message), >=, 0);
        g_assert_cmpint(sd_bus_message_append(message, "u", 7), >=, 0);
        seal_message(message);
        return message;
}

static void assert_read(sd_bus_message *message, unsigned n, const char *text)
{
        auto_bus_error error = SD_BUS_ERROR_NULL;
        g_auto(GStrv) strings = NULL;
        uint32_t behind;

        g_assert_cmpint(string_array_read(message, &strings, &error), >=, 0);
        g_assert_false(sd_bus_error_is_set(&error));
        g_assert_cmpuint(g_strv_length(strings), ==, n);
        for (unsigned i = 0; i < n; i++)
                g_assert_cmpstr(strings[i], ==, text);
        g_assert_cmpint(sd_bus_message_read(message, "u", &behind), >, 0);
        g_assert_cmpuint(behind, ==, 7);
}

static void assert_refused(sd_bus_message *message)
{
        auto_bus_error error = SD_BUS_ERROR_NULL;
        char **strings = NULL;

        g_assert_cmpint(string_array_read(message, &strings, &error), <, 0);
        g_assert_true(sd_bus_error_has_name(&error, SD_BUS_ERROR_LIMITS_EXCEEDED));
        g_assert_null(strings);
}

static void test_few(void)
{
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);
        g_autoptr(sd_bus_message) none = array_of(bus, 0, "");
        g_autoptr(sd_bus_message) two = array_of(bus, 2, "web:*");

        assert_read(none, 0, "");
        assert_read(two, 2, "web:*");
}

static void test_number(void)
{
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);
        g_autoptr(sd_bus_message) most = array_of(bus, STRING_ARRAY_MAX, "a");
        g_autoptr(sd_bus_message) more = array_of(bus, STRING_ARRAY_MAX + 1, "");

        assert_read(most, STRING_ARRAY_MAX, "a");
        assert_refused(more);
}

static void test_length(void)
{
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);
        g_autofree char *half = g_strnfill(BUS_MESSAGE_MAX_BYTES / 2, 'x');
        g_autoptr(sd_bus_message) most = array_of(bus, 2, half);
        g_autoptr(sd_bus_message) more = array_of(bus, 3, half);

        assert_read(most, 2, half);
        assert_refused(more);
}

static void test_other_type(void)
{
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);
        g_autoptr(sd_bus_message) message = new_message(bus);
        auto_bus_error error = SD_BUS_ERROR_NULL;
        char **strings = NULL;

        g_assert_cmpint(sd_bus_message_append(message, "s", "no array"), >=, 0);
        seal_message(message);
        g_assert_cmpint(string_array_read(message, &strings, &error), <, 0);
        g_assert_null(strings);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/string-array/none and some", test_few);
        g_test_add_func("/string-array/too many", test_number);
        g_test_add_func("/string-array/too long in all", test_length);
        g_test_add_func("/string-array/something else", test_other_type);
        return g_test_run();
}
