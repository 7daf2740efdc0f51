/* Values of any type, as JSON and in words. */

#include <unistd.h>

#include <glib.h>

#include "tests/unit/message-fixture.h"
#include "tools/ctl/property-list.h"

/* What is appended comes out like this. */
static void test_values(void)
{
        g_autofree char *text = NULL;
        json_object *array = json_object_new_array();
        int other_end, r;
        sd_bus *bus = bus_to_nobody(&other_end);
        sd_bus_message *message = new_message(bus);

        r = sd_bus_message_append(message, "ybnqiuxtdsogv", 7, 1, -3, 4, -5, 6u, (int64_t)-7,
                        (uint64_t)8, 0.5, "text", "/path", "a{sv}", "s", "within");
        g_assert_cmpint(r, >=, 0);
        r = sd_bus_message_append(
                        message, "tasa(si)a{su}", UINT64_MAX, 2, "a", "b", 1, "c", 1, 1, "key", 2u);
        g_assert_cmpint(r, >=, 0);
        seal_message(message);
        while (sd_bus_message_at_end(message, true) == 0) {
                json_object *value = NULL;

                g_assert_cmpint(property_list_read_value(message, &value), >=, 0);
                json_object_array_add(array, value);
        }
        text = g_strdup(json_object_to_json_string_ext(
                        array, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
        g_assert_cmpstr(text, ==,
                        "[7,true,-3,4,-5,6,-7,8,0.5,\"text\",\"/path\",\"a{sv}\",\"within\","
                        "null,[\"a\",\"b\"],[[\"c\",1]],{\"key\":2}]");
        json_object_put(array);
        sd_bus_message_unref(message);
        sd_bus_unref(bus);
        close(other_end);
}

static void test_texts(void)
{
        static const struct {
                const char *name, *json, *text;
        } cases[] = {
                { "A", "true", "yes" },
                { "A", "5", "5" },
                { "A", "-5", "-5" },
                { "A", "null", "[not set]" },
                { "A", "\"x y\"", "x y" },
                { "A", "[\"x\", \"y\"]", "x y" },
                { "A", "[[\"x\", 1], [\"y\", 2]]", "{ x 1 } { y 2 }" },
                { "A", "{\"RUNNING\": 2, \"FATAL\": 1}", "RUNNING=2 FATAL=1" },
                { "A", "[]", "" },
                { "EventTimeoutUSec", "90000000", "1min 30s" },
                { "StopTimestamp", "0", "" },
                { "UMask", "18", "0022" },
                { "UMask", "4294967295", "[not set]" },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                json_object *value = json_tokener_parse(cases[i].json);
                g_autofree char *text = property_list_text(cases[i].name, value);

                g_assert_cmpstr(text, ==, cases[i].text);
                json_object_put(value);
        }
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/ctl/property-list/values", test_values);
        g_test_add_func("/ctl/property-list/texts", test_texts);
        return g_test_run();
}
