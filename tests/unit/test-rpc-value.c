/* Values and faults. */

#include <string.h>

#include "bus/error.h"
#include "tools/rpc-host/fault.h"
#include "tools/rpc-host/value.h"

static void test_simple(void)
{
        g_autoptr(Value) number = value_new_int(-7), truth = value_new_boolean(true),
                         real = value_new_double(1.5), text = value_new_string("text"),
                         bytes = value_new_bytes("a\0b", 3), date = value_new_date("20261231T00");
        size_t length;

        g_assert_cmpint(value_kind(number), ==, VALUE_INT);
        g_assert_cmpint(value_int(number), ==, -7);
        g_assert_true(value_boolean(truth));
        g_assert_cmpfloat(value_double(real), ==, 1.5);
        g_assert_cmpstr(value_string(text, NULL), ==, "text");
        g_assert_cmpmem(value_string(bytes, &length), 4, "a\0b", 4);
        g_assert_cmpuint(length, ==, 3);
        g_assert_cmpint(value_kind(date), ==, VALUE_DATE);
        g_assert_cmpstr(value_string(date, &length), ==, "20261231T00");
        g_assert_cmpuint(length, ==, 11);
}

static void test_nothing(void)
{
        g_autoptr(Value) text = value_new_string("1"), array = value_new_array();
        size_t length = 7;

        g_assert_cmpint(value_int(text), ==, 0);
        g_assert_false(value_boolean(text));
        g_assert_cmpfloat(value_double(text), ==, 0);
        g_assert_cmpuint(value_length(text), ==, 0);
        g_assert_null(value_at(text, 0));
        g_assert_null(value_find(text, "a"));
        g_assert_cmpstr(value_string(array, &length), ==, "");
        g_assert_cmpuint(length, ==, 0);
        g_assert_null(value_at(array, 0));
        g_assert_null(value_free(NULL));
}

static void test_containers(void)
{
        g_autoptr(Value) array = value_new_array();
        Value *structure = value_new_struct();

        value_append(array, value_new_int(1));
        value_append(array, structure);
        value_set(structure, "name", value_new_string("z"));
        value_set(structure, "group", value_new_string("a"));
        value_set(structure, "name", value_new_string("y"));
        g_assert_cmpuint(value_length(array), ==, 2);
        g_assert_cmpint(value_int(value_at(array, 0)), ==, 1);
        g_assert_true(value_at(array, 1) == structure);
        g_assert_null(value_name_at(array, 0));
        g_assert_cmpuint(value_length(structure), ==, 3);
        g_assert_cmpstr(value_name_at(structure, 1), ==, "group");
        g_assert_null(value_name_at(structure, 3));
        g_assert_cmpstr(value_string(value_at(structure, 0), NULL), ==, "z");
        g_assert_cmpstr(value_string(value_find(structure, "name"), NULL), ==, "y");
        g_assert_null(value_find(structure, "other"));
}

static void test_faults(void)
{
        g_autoptr(Fault) plain = fault_new(FAULT_SHUTDOWN_STATE, NULL),
                         detailed = fault_new(FAULT_BAD_NAME, "web:%s");

        g_assert_cmpint(plain->code, ==, 6);
        g_assert_cmpstr(plain->text, ==, "SHUTDOWN_STATE");
        g_assert_cmpstr(detailed->text, ==, "BAD_NAME: web:%s");
        g_assert_cmpstr(fault_name(80), ==, "SUCCESS");
        g_assert_null(fault_name(5));
        g_assert_null(fault_name(-1));
        g_assert_null(fault_name(93));
        g_assert_null(fault_free(NULL));
}

static void check_error(const char *name, const char *detail, int code, const char *text)
{
        const sd_bus_error error = SD_BUS_ERROR_MAKE_CONST(name, "what it says");
        g_autoptr(Fault) fault = fault_from_bus_error(&error, detail);

        g_assert_cmpint(fault->code, ==, code);
        g_assert_cmpstr(fault->text, ==, text);
}

static void test_errors_of_the_bus(void)
{
        check_error(BUS_ERROR_NO_SUCH_GROUP, "g", 10, "BAD_NAME: g");
        check_error(BUS_ERROR_NOT_RUNNING, NULL, 70, "NOT_RUNNING");
        check_error(BUS_ERROR_FAILED, NULL, 30, "FAILED: what it says");
        check_error(BUS_ERROR_FAILED, "x", 30, "FAILED: x");
        check_error(SD_BUS_ERROR_ACCESS_DENIED, NULL, 30, "FAILED: what it says");
        g_assert_cmpint(fault_code_from_bus_error(NULL), ==, FAULT_FAILED);
}

int main(int argc, char *argv[])
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/rpc-value/simple", test_simple);
        g_test_add_func("/rpc-value/nothing", test_nothing);
        g_test_add_func("/rpc-value/containers", test_containers);
        g_test_add_func("/rpc-value/faults", test_faults);
        g_test_add_func("/rpc-value/errors-of-the-bus", test_errors_of_the_bus);
        return g_test_run();
}
