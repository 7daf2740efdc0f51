/* Texts are given in full: listeners depend on every byte. */

#include "listener-host/payload.h"

#include <string.h>

static void assert_text(Event *event, const char *expected)
{
        g_autofree char *text = payload_text(event);

        g_assert_true(payload_is_known(event->type));
        g_assert_cmpstr(text, ==, expected);
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

/* The two must agree, or the pool would hand out what has no text. */
static void test_known_types_have_a_text(void)
{
        for (int type = 0; type < _EVENT_TYPE_MAX; type++) {
                g_autoptr(Event) event = NULL;
                g_autofree char *text = NULL;

                if (event_type_is_abstract(type))
                        continue;
                event = event_new(type);
                event->group = g_strdup("g");
                event->process = g_strdup("p");
                text = payload_text(event);
                g_assert_cmpint(payload_is_known(type), ==, text != NULL);
        }
}

static void assert_message(const Event *event, uint64_t poolserial, const char *expected)
{
        g_autoptr(GBytes) message = payload_message(event, "web1", "mail", poolserial);

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

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/payload/states", test_states);
        g_test_add_func("/payload/others", test_others);
        g_test_add_func("/payload/known-types-have-a-text", test_known_types_have_a_text);
        g_test_add_func("/payload/message", test_message);
        return g_test_run();
}
