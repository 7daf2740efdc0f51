/* Texts are given in full: listeners depend on every byte. */

#include "listener-host/payload.h"

#include <string.h>

#include "listener-host/python-bytes.h"

static void assert_text(Event *event, const char *expected)
{
        GString *text = payload_text(event);

        g_assert_cmpstr(text->str, ==, expected);
        g_string_free(text, true);
        event_unref(event);
}

static Event *state_event(ProcessState from, ProcessState to)
{
        Event *event = event_new_process_state("grp", "cat", from, to);

        event->pid = 4711;
        event->tries = 3;
        event->expected = true;
        return event;
}

static void test_states(void)
{
        Event *unexpected = state_event(PROCESS_RUNNING, PROCESS_EXITED);

        unexpected->expected = false;
        assert_text(state_event(PROCESS_STOPPED, PROCESS_STARTING),
                        "processname:cat groupname:grp from_state:STOPPED tries:3");
        assert_text(state_event(PROCESS_STARTING, PROCESS_BACKOFF),
                        "processname:cat groupname:grp from_state:STARTING tries:3");
        assert_text(state_event(PROCESS_STARTING, PROCESS_RUNNING),
                        "processname:cat groupname:grp from_state:STARTING pid:4711");
        assert_text(state_event(PROCESS_RUNNING, PROCESS_STOPPING),
                        "processname:cat groupname:grp from_state:RUNNING pid:4711");
        assert_text(state_event(PROCESS_STOPPING, PROCESS_STOPPED),
                        "processname:cat groupname:grp from_state:STOPPING pid:4711");
        assert_text(state_event(PROCESS_RUNNING, PROCESS_EXITED),
                        "processname:cat groupname:grp from_state:RUNNING expected:1 pid:4711");
        assert_text(unexpected,
                        "processname:cat groupname:grp from_state:RUNNING expected:0 pid:4711");
        assert_text(state_event(PROCESS_BACKOFF, PROCESS_FATAL),
                        "processname:cat groupname:grp from_state:BACKOFF");
        assert_text(state_event(PROCESS_STOPPING, PROCESS_UNKNOWN),
                        "processname:cat groupname:grp from_state:STOPPING");
}

static void test_others(void)
{
        assert_text(event_new(EVENT_SUPERVISOR_STATE_CHANGE_RUNNING), "");
        assert_text(event_new(EVENT_SUPERVISOR_STATE_CHANGE_STOPPING), "");
        assert_text(event_new_tick(5, 1700000005), "when:1700000005");
        assert_text(event_new_tick(60, 1700000040), "when:1700000040");
        assert_text(event_new_tick(3600, 1699999200), "when:1699999200");
        assert_text(event_new_group(EVENT_PROCESS_GROUP_ADDED, "grp"), "groupname:grp\n");
        assert_text(event_new_group(EVENT_PROCESS_GROUP_REMOVED, "grp"), "groupname:grp\n");
}

static Event *data_event(EventType type, const char *data, size_t size)
{
        Event *event = event_new(type);

        event->group = g_strdup("grp");
        event->process = g_strdup("cat");
        event->pid = 4711;
        event->data = g_bytes_new(data, size);
        return event;
}

static void test_output(void)
{
        assert_text(data_event(EVENT_PROCESS_LOG_STDOUT, "hello\n", 6),
                        "processname:cat groupname:grp pid:4711 channel:stdout\nhello\n");
        assert_text(data_event(EVENT_PROCESS_LOG_STDERR, "caf\303\251", 5),
                        "processname:cat groupname:grp pid:4711 channel:stderr\ncaf\303\251");
        assert_text(data_event(EVENT_PROCESS_COMMUNICATION_STDOUT, "a: b", 4),
                        "processname:cat groupname:grp pid:4711\na: b");
        assert_text(data_event(EVENT_PROCESS_COMMUNICATION_STDERR, "", 0),
                        "processname:cat groupname:grp pid:4711\n");
}

static void test_remote(void)
{
        Event *event = data_event(EVENT_REMOTE_COMMUNICATION, "data\n", 5);

        event->remote_type = g_strdup("deploy");
        assert_text(event, "type:deploy\ndata\n");
}

#define UNDECODABLE "processname:cat groupname:grp pid:4711\nUndecodable: "

/* As Python writes them. */
static void test_undecodable(void)
{
        const EventType type = EVENT_PROCESS_COMMUNICATION_STDOUT;

        assert_text(data_event(type, "caf\351\n\t\r\\ \177\033", 11),
                        UNDECODABLE "b'caf\\xe9\\n\\t\\r\\\\ \\x7f\\x1b'");
        assert_text(data_event(type, "\0\377", 2), UNDECODABLE "b'\\x00\\xff'");
        assert_text(data_event(type, "it's \377", 6), UNDECODABLE "b\"it's \\xff\"");
        assert_text(data_event(type, "'\"\377", 3), UNDECODABLE "b'\\'\"\\xff'");
        /* Surrogates, and what is cut. */
        assert_text(data_event(type, "\355\240\200", 3), UNDECODABLE "b'\\xed\\xa0\\x80'");
        assert_text(data_event(type, "a\342\202", 3), UNDECODABLE "b'a\\xe2\\x82'");
}

static const PayloadStyle classic = {};

/* Zero bytes are text, and count. */
static void test_zero_bytes(void)
{
        static const char expected[] = "ver:3.0 server:web1 serial:5 pool:mail poolserial:0 "
                                       "eventname:PROCESS_COMMUNICATION_STDOUT len:42\n"
                                       "processname:cat groupname:grp pid:4711\n\303\251\0b";
        g_autoptr(Event) event = data_event(EVENT_PROCESS_COMMUNICATION_STDOUT, "\303\251\0b", 4);
        g_autoptr(GBytes) message = NULL;

        event->serial = 5;
        message = payload_message(event, "web1", "mail", 0, &classic);
        g_assert_cmpmem(g_bytes_get_data(message, NULL), g_bytes_get_size(message), expected,
                        sizeof expected - 1);
}

static void assert_message(const Event *event, uint64_t poolserial, const char *expected)
{
        g_autoptr(GBytes) message = payload_message(event, "web1", "mail", poolserial, &classic);

        g_assert_cmpmem(g_bytes_get_data(message, NULL), g_bytes_get_size(message), expected,
                        strlen(expected));
}

static void test_message(void)
{
        g_autoptr(Event) exited = state_event(PROCESS_RUNNING, PROCESS_EXITED);
        g_autoptr(Event) running = event_new(EVENT_SUPERVISOR_STATE_CHANGE_RUNNING);
        g_autoptr(Event) added = event_new_group(EVENT_PROCESS_GROUP_ADDED, "caf\xc3\xa9");

        exited->serial = 21;
        running->serial = UINT64_MAX;
        added->serial = 1;
        assert_message(exited, 10,
                        "ver:3.0 server:web1 serial:21 pool:mail poolserial:10 "
                        "eventname:PROCESS_STATE_EXITED len:68\n"
                        "processname:cat groupname:grp from_state:RUNNING expected:1 pid:4711");
        assert_message(running, 0,
                        "ver:3.0 server:web1 serial:18446744073709551615 pool:mail poolserial:0 "
                        "eventname:SUPERVISOR_STATE_CHANGE_RUNNING len:0\n");
        assert_message(added, 2,
                        "ver:3.0 server:web1 serial:1 pool:mail poolserial:2 "
                        "eventname:PROCESS_GROUP_ADDED len:15\n"
                        "groupname:caf\xc3\xa9\n");
}

static void test_length_in_bytes(void)
{
        static const PayloadStyle in_bytes = { .length = PAYLOAD_LENGTH_BYTES };
        g_autoptr(Event) added = event_new_group(EVENT_PROCESS_GROUP_ADDED, "caf\xc3\xa9");
        g_autoptr(GBytes) message = payload_message(added, "web1", "mail", 2, &in_bytes);
        const char *expected = "ver:3.0 server:web1 serial:0 pool:mail poolserial:2 "
                               "eventname:PROCESS_GROUP_ADDED len:16\ngroupname:caf\xc3\xa9\n";

        g_assert_cmpmem(g_bytes_get_data(message, NULL), g_bytes_get_size(message), expected,
                        strlen(expected));
}

static void assert_extras(Event *event, const char *expected)
{
        static const PayloadStyle with_extras = { .extras = true };
        g_autoptr(GBytes) message = payload_message(event, "web1", "mail", 0, &with_extras);
        g_autofree char *header = g_strconcat(
                        " eventname:", event_type_to_string(event->type), " len:", NULL);
        const char *text = g_bytes_get_data(message, NULL);
        const char *extras = strstr(text, header) + strlen(header);
        g_autofree char *got = NULL;

        g_assert_true(g_str_has_prefix(text, "ver:3.0 server:web1 serial:"));
        extras += strspn(extras, "0123456789");
        got = g_strndup(extras, strchr(extras, '\n') + 1 - extras);
        g_assert_cmpstr(got, ==, expected);
        event_unref(event);
}

/* After what Supervisor has there; each token has one colon. */
static void test_extras(void)
{
        Event *exited = state_event(PROCESS_RUNNING, PROCESS_EXITED);
        Event *stopped = state_event(PROCESS_STOPPING, PROCESS_STOPPED);
        Event *tick = event_new_tick(5, 1700000005);

        exited->exit_code = 0;
        exited->realtime_usec = 1;
        exited->monotonic_usec = 2;
        stopped->term_signal = 15;
        stopped->asked_by = g_strdup(":1.42");
        tick->realtime_usec = UINT64_C(1700000005000123);
        tick->monotonic_usec = 77;
        assert_extras(exited, " exit_code:0 realtime:1 monotonic:2\n");
        assert_extras(stopped, " term_signal:15 asked_by:1.42 realtime:0 monotonic:0\n");
        assert_extras(tick, " realtime:1700000005000123 monotonic:77\n");
}

/* ASCII is gone through in large steps: no place of another character, or of one that is none, may
 * make a difference. */
static void test_places(void)
{
        for (size_t size = 2; size < 40; size++)
                for (size_t place = 0; place + 2 <= size; place++) {
                        g_autofree char *data = g_strnfill(size, 'a');

                        memcpy(data + place, "\303\251", 2);
                        g_assert_true(python_bytes_is_text(data, size));
                        g_assert_cmpuint(python_bytes_n_characters(data, size), ==, size - 1);
                        data[place] = 'a';
                        g_assert_false(python_bytes_is_text(data, size));
                }
}

/* What was made before does not show, and what a large event took is given back. */
static void test_large(void)
{
        g_autofree char *data = g_strnfill(1000000, 'x');
        g_autoptr(Event) large = data_event(EVENT_PROCESS_LOG_STDOUT, data, 1000000);
        g_autoptr(Event) small = data_event(EVENT_PROCESS_LOG_STDOUT, "x", 1);
        g_autoptr(GBytes) message = NULL;
        PayloadBuffer buffer;

        payload_buffer_init(&buffer);
        payload_make(&buffer, large, "web1", "mail", 0, &classic);
        g_assert_cmpuint(buffer.message->len, >, 1000000);
        payload_make(&buffer, small, "web1", "mail", 1, &classic);
        message = payload_message(small, "web1", "mail", 1, &classic);
        g_assert_cmpmem(buffer.message->str, buffer.message->len, g_bytes_get_data(message, NULL),
                        g_bytes_get_size(message));
        g_assert_cmpuint(buffer.message->allocated_len, <, 1000);
        g_assert_cmpuint(buffer.text->allocated_len, <, 1000);
        payload_buffer_clear(&buffer);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/payload/states", test_states);
        g_test_add_func("/payload/others", test_others);
        g_test_add_func("/payload/output", test_output);
        g_test_add_func("/payload/remote", test_remote);
        g_test_add_func("/payload/undecodable", test_undecodable);
        g_test_add_func("/payload/zero-bytes", test_zero_bytes);
        g_test_add_func("/payload/message", test_message);
        g_test_add_func("/payload/length-in-bytes", test_length_in_bytes);
        g_test_add_func("/payload/extras", test_extras);
        g_test_add_func("/payload/places", test_places);
        g_test_add_func("/payload/large", test_large);
        return g_test_run();
}
