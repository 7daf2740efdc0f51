/* Values are such that one that is lost, cut or mistaken for another shows. */

#include "tests/unit/event-fixture.h"

#include <string.h>

Event *event_example(EventType type)
{
        Event *event = event_new(type);

        event->serial = UINT64_C(0x1234567890) + type;
        event->realtime_usec = UINT64_C(1700000000123456);
        event->monotonic_usec = 987654321;
        if (event_type_covers(EVENT_PROCESS_STATE) & event_type_bit(type)) {
                event->from_state = PROCESS_RUNNING;
                event->tries = 3;
                event->expected = type == EVENT_PROCESS_STATE_EXITED;
                event->asked_by = g_strdup(":1.42");
        }
        if (strncmp(event_type_to_string(type), "PROCESS_", 8) == 0)
                event->group = g_strdup("site");
        if (event->group && type != EVENT_PROCESS_GROUP_ADDED &&
                        type != EVENT_PROCESS_GROUP_REMOVED) {
                event->process = g_strdup("web\xc3\xa9");
                event->pid = 4711;
        }
        if (type == EVENT_REMOTE_COMMUNICATION)
                event->remote_type = g_strdup("deploy");
        if (event_type_is_restricted(type))
                event->data = g_bytes_new_static("a\0b\xff\n", 5);
        if (event_type_covers(EVENT_TICK) & event_type_bit(type)) {
                event->tick_period = type == EVENT_TICK_5 ? 5 : type == EVENT_TICK_60 ? 60 : 3600;
                event->tick_when = 1700000000;
        }
        return event;
}

void event_assert_same(const Event *a, const Event *b)
{
        g_assert_cmpint(a->type, ==, b->type);
        g_assert_cmpuint(a->serial, ==, b->serial);
        g_assert_cmpuint(a->realtime_usec, ==, b->realtime_usec);
        g_assert_cmpuint(a->monotonic_usec, ==, b->monotonic_usec);
        g_assert_cmpstr(a->group, ==, b->group);
        g_assert_cmpstr(a->process, ==, b->process);
        g_assert_cmpint(a->pid, ==, b->pid);
        g_assert_cmpint(a->from_state, ==, b->from_state);
        g_assert_cmpuint(a->tries, ==, b->tries);
        g_assert_cmpint(a->expected, ==, b->expected);
        g_assert_cmpint(a->exit_code, ==, b->exit_code);
        g_assert_cmpint(a->term_signal, ==, b->term_signal);
        g_assert_cmpstr(a->asked_by, ==, b->asked_by);
        g_assert_cmpstr(a->run_id, ==, b->run_id);
        g_assert_cmpuint(a->tick_period, ==, b->tick_period);
        g_assert_cmpuint(a->tick_when, ==, b->tick_when);
        g_assert_cmpstr(a->remote_type, ==, b->remote_type);
        g_assert_cmpint(a->data != NULL, ==, b->data != NULL);
        if (a->data)
                g_assert_true(g_bytes_equal(a->data, b->data));
}
