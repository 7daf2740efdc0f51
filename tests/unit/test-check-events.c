/* What a listener is checked with must be what it could get, and all of it. */

#include "listener-host/check-events.h"

#include <string.h>

#include "listener-host/payload.h"

static void test_all_types(void)
{
        g_autoptr(GPtrArray) items = check_events_new();
        EventTypeSet seen = 0;

        for (unsigned i = 0; i < items->len; i++) {
                const CheckItem *item = items->pdata[i];

                g_assert_cmpuint(item->event->serial, ==, i + 1);
                seen |= event_type_bit(item->event->type);
        }
        g_assert_cmphex(seen, ==, event_type_covers(EVENT_ANY));
}

static const CheckItem *find_label(const GPtrArray *items, const char *label)
{
        for (unsigned i = 0; i < items->len; i++) {
                const CheckItem *item = items->pdata[i];

                if (g_strcmp0(item->label, label) == 0)
                        return item;
        }
        g_assert_not_reached();
}

static void assert_payload(const GPtrArray *items, const char *label, const char *expected)
{
        g_autoptr(GString) text = payload_text(find_label(items, label)->event);

        g_assert_cmpstr(text->str, ==, expected);
}

static void test_payloads(void)
{
        g_autoptr(GPtrArray) items = check_events_new();

        assert_payload(items, "no payload", "");
        assert_payload(items, "not UTF-8",
                        "processname:web groupname:web pid:4711 channel:stdout\n"
                        "Undecodable: b'\\xff\\xfe \\xc3'");
        assert_payload(items, "newlines only",
                        "processname:web groupname:web pid:4711 channel:stdout\n\n\n\n");
        assert_payload(items, "no type and no data", "type:\n");
        assert_payload(items, "unexpected",
                        "processname:web groupname:web from_state:RUNNING expected:0 pid:4711");
        assert_payload(items, "a name not in ASCII", "groupname:w\303\266rker-0\n");
        assert_payload(items, "\\r\\n",
                        "processname:web groupname:web pid:4711 channel:stdout\n"
                        "carriage return\r\n");
        g_assert_cmpuint(g_bytes_get_size(find_label(items, "64 KiB")->event->data), ==, 65536);
        g_assert_cmpuint(g_bytes_get_size(find_label(items, "as large as can be")->event->data), ==,
                        EVENT_DATA_MAX_BYTES);
}

/* All characters must be whole, or none. */
static void test_encoding(void)
{
        g_autoptr(GPtrArray) items = check_events_new();

        for (unsigned i = 0; i < items->len; i++) {
                const CheckItem *item = items->pdata[i];
                g_autoptr(GString) text = payload_text(item->event);

                g_assert_true(g_utf8_validate(text->str, text->len, NULL));
        }
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/check-events/all-types", test_all_types);
        g_test_add_func("/check-events/payloads", test_payloads);
        g_test_add_func("/check-events/encoding", test_encoding);
        return g_test_run();
}
