/* Every type of event goes through a sealed message and comes back equal. The messages belong to a
 * connection over a socket pair whose other end nobody serves: making and reading needs no bus. */

#include "bus/event-message.h"

#include <errno.h>
#include <string.h>

#include "bus/cleanup.h"
#include "bus/names.h"
#include "tests/unit/event-fixture.h"
#include "tests/unit/message-fixture.h"

static void check_signal(sd_bus *bus, const Event *event)
{
        g_autoptr(sd_bus_message) message = NULL;
        g_autoptr(Event) read = NULL;
        uint64_t previous = 0;

        g_assert_cmpint(event_message_new_signal(bus, event, 77, &message), >=, 0);
        seal_message(message);
        g_assert_cmpstr(sd_bus_message_get_member(message), ==, event_message_member(event->type));
        g_assert_cmpstr(sd_bus_message_get_path(message), ==, BUS_PATH);
        g_assert_true(sd_bus_message_has_signature(
                        message, event_message_signature(event_message_member(event->type))));
        g_assert_cmpint(event_message_read_signal(message, &read, &previous), >=, 0);
        g_assert_cmpuint(previous, ==, 77);
        event_assert_same(event, read);
}

static void test_signals(void)
{
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);

        for (int type = 0; type < _EVENT_TYPE_MAX; type++)
                if (!event_type_is_abstract(type)) {
                        g_autoptr(Event) event = event_example(type);

                        check_signal(bus, event);
                }
}

/* Exit code 0 is told, no exit code is not; a signal likewise. */
static void test_ends(void)
{
        static const struct {
                int exit_code, term_signal;
        } ends[] = { { 0, 0 }, { 1, 0 }, { 255, 0 }, { -1, 9 }, { -1, 0 } };
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);

        for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
                g_autoptr(Event) event = event_example(EVENT_PROCESS_STATE_EXITED);

                event->exit_code = ends[i].exit_code;
                event->term_signal = ends[i].term_signal;
                check_signal(bus, event);
        }
}

/* Of another run of the daemon; and who asked is not taken for it. */
static void test_runs(void)
{
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);
        g_autoptr(Event) event = event_example(EVENT_PROCESS_STATE_EXITED);

        event->run_id = g_strdup("0123456789abcdef0123456789abcdef");
        check_signal(bus, event);
}

static void test_empty_data(void)
{
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);
        g_autoptr(Event) event = event_example(EVENT_PROCESS_LOG_STDERR);

        g_clear_pointer(&event->data, g_bytes_unref);
        event->data = g_bytes_new_static("", 0);
        check_signal(bus, event);
}

/* All types in one page, in order, then the end. */
static void test_page(void)
{
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);
        g_autoptr(sd_bus_message) message = NULL;
        g_autoptr(Event) extra = NULL;
        uint64_t previous = 0;

        message = new_message(bus);
        g_assert_cmpint(sd_bus_message_open_container(
                                        message, 'a', "(" EVENT_MESSAGE_PAGE_ITEM ")"),
                        >=, 0);
        for (int type = 0; type < _EVENT_TYPE_MAX; type++)
                if (!event_type_is_abstract(type)) {
                        g_autoptr(Event) event = event_example(type);

                        g_assert_cmpint(event_message_append_item(message, event, type), >=, 0);
                }
        g_assert_cmpint(sd_bus_message_close_container(message), >=, 0);
        seal_message(message);
        g_assert_cmpint(sd_bus_message_enter_container(
                                        message, 'a', "(" EVENT_MESSAGE_PAGE_ITEM ")"),
                        >, 0);
        for (int type = 0; type < _EVENT_TYPE_MAX; type++)
                if (!event_type_is_abstract(type)) {
                        g_autoptr(Event) event = event_example(type);
                        g_autoptr(Event) read = NULL;

                        g_assert_cmpint(event_message_read_item(message, &read, &previous), ==, 1);
                        g_assert_cmpuint(previous, ==, type);
                        event_assert_same(event, read);
                }
        g_assert_cmpint(event_message_read_item(message, &extra, &previous), ==, 0);
        g_assert_null(extra);
}

static void assert_refused(sd_bus_message *message)
{
        Event *event = NULL;
        uint64_t previous = 42;

        seal_message(message);
        g_assert_cmpint(event_message_read_signal(message, &event, &previous), ==, -EBADMSG);
        g_assert_null(event);
        g_assert_cmpuint(previous, ==, 42);
}

/* A signal of ours whose arguments are those of a Tick, with what may be wrong about it. */
static sd_bus_message *tick(sd_bus *bus, const char *interface, const char *member, unsigned period)
{
        sd_bus_message *message = NULL;

        g_assert_cmpint(sd_bus_message_new_signal(bus, &message, BUS_PATH, interface, member), >=,
                        0);
        g_assert_cmpint(sd_bus_message_append(message, "ttttuta{sv}", UINT64_C(1), UINT64_C(0),
                                        UINT64_C(2), UINT64_C(3), period, UINT64_C(5), 0),
                        >=, 0);
        return message;
}

static void test_refused(void)
{
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);
        g_autoptr(sd_bus_message) foreign = tick(bus, "org.example.Events", "Tick", 5);
        g_autoptr(sd_bus_message) unknown = tick(bus, BUS_INTERFACE_EVENTS, "Tock", 5);
        g_autoptr(sd_bus_message) mislabelled =
                        tick(bus, BUS_INTERFACE_EVENTS, "ProcessGroupAdded", 5);
        g_autoptr(sd_bus_message) bad_period = tick(bus, BUS_INTERFACE_EVENTS, "Tick", 7);

        assert_refused(foreign);
        assert_refused(unknown);
        assert_refused(mislabelled);
        assert_refused(bad_period);
}

/* A name that is none of ours where a state is expected. */
static void test_refused_state(void)
{
        static const char *const states[][2] = { { "SLEEPING", "RUNNING" },
                { "RUNNING", "SLEEPING" } };
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);

        for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
                g_autoptr(sd_bus_message) message = NULL;

                g_assert_cmpint(sd_bus_message_new_signal(bus, &message, BUS_PATH,
                                                BUS_INTERFACE_EVENTS, "ProcessStateChanged"),
                                >=, 0);
                g_assert_cmpint(sd_bus_message_append(message, "ttttssssuuba{sv}", UINT64_C(1),
                                                UINT64_C(0), UINT64_C(0), UINT64_C(0), "g", "p",
                                                states[i][0], states[i][1], 1, 0, 0, 0),
                                >=, 0);
                assert_refused(message);
        }
}

/* What a later version adds to the map is skipped, whatever its type. */
static void test_unknown_extras(void)
{
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);
        g_autoptr(sd_bus_message) message = NULL;
        g_autoptr(Event) event = NULL;
        uint64_t previous;

        g_assert_cmpint(sd_bus_message_new_signal(bus, &message, BUS_PATH, BUS_INTERFACE_EVENTS,
                                        "SupervisorStateChanged"),
                        >=, 0);
        g_assert_cmpint(sd_bus_message_append(message, "ttttsa{sv}", UINT64_C(9), UINT64_C(8),
                                        UINT64_C(7), UINT64_C(6), "STOPPING", 3, "colour", "s",
                                        "blue", "exit_code", "i", 5, "numbers", "ai", 2, 1, 2),
                        >=, 0);
        seal_message(message);
        g_assert_cmpint(event_message_read_signal(message, &event, &previous), >=, 0);
        g_assert_cmpint(event->type, ==, EVENT_SUPERVISOR_STATE_CHANGE_STOPPING);
        g_assert_cmpint(event->exit_code, ==, 5);
}

static void test_members(void)
{
        for (int type = 0; type < _EVENT_TYPE_MAX; type++)
                if (!event_type_is_abstract(type)) {
                        const char *signature = event_message_signature(event_message_member(type));

                        g_assert_true(g_str_has_prefix(signature, "tttt"));
                        g_assert_true(g_str_has_suffix(signature, "a{sv}"));
                }
        g_assert_null(event_message_signature("NoSuchSignal"));
}

int main(int argc, char *argv[])
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/event-message/signals", test_signals);
        g_test_add_func("/event-message/ends", test_ends);
        g_test_add_func("/event-message/runs", test_runs);
        g_test_add_func("/event-message/empty-data", test_empty_data);
        g_test_add_func("/event-message/page", test_page);
        g_test_add_func("/event-message/refused", test_refused);
        g_test_add_func("/event-message/refused-state", test_refused_state);
        g_test_add_func("/event-message/unknown-extras", test_unknown_extras);
        g_test_add_func("/event-message/members", test_members);
        return g_test_run();
}
