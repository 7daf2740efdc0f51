/* The event log: serials, the bounds of its window, reading by serial and type. */

#include "daemon/event/log.h"

#include <string.h>

static void append_tick(EventLog *log, unsigned period)
{
        event_log_append(log, event_new_tick(period, 100));
}

static void test_serials(void)
{
        g_autoptr(EventLog) log = event_log_new(10, 1000000);

        g_assert_cmpuint(event_log_next(log), ==, 1);
        g_assert_cmpuint(event_log_oldest(log), ==, 1);
        g_assert_null(event_log_find_after(
                        log, 0, &(EventFilter){ .types = event_type_covers(EVENT_ANY) }));
        for (int i = 0; i < 3; i++)
                append_tick(log, 5);
        g_assert_cmpuint(event_log_next(log), ==, 4);
        for (uint64_t after = 0; after < 3; after++)
                g_assert_cmpuint(event_log_find_after(log, after,
                                                 &(EventFilter){ .types = event_type_covers(
                                                                                 EVENT_ANY) })
                                                 ->serial,
                                ==, after + 1);
        g_assert_null(event_log_find_after(
                        log, 3, &(EventFilter){ .types = event_type_covers(EVENT_ANY) }));
        g_assert_null(event_log_find_after(
                        log, UINT64_MAX, &(EventFilter){ .types = event_type_covers(EVENT_ANY) }));
}

static void test_times(void)
{
        g_autoptr(EventLog) log = event_log_new(10, 1000000);
        const Event *event;

        append_tick(log, 5);
        event = event_log_find_after(
                        log, 0, &(EventFilter){ .types = event_type_covers(EVENT_ANY) });
        g_assert_cmpuint(event->realtime_usec, >, G_GUINT64_CONSTANT(1500000000000000));
        g_assert_cmpuint(event->monotonic_usec, >, 0);
}

static void test_max_events(void)
{
        g_autoptr(EventLog) log = event_log_new(100, 1000000);

        for (int i = 0; i < 1000; i++)
                append_tick(log, 5);
        g_assert_cmpuint(event_log_next(log), ==, 1001);
        g_assert_cmpuint(event_log_oldest(log), ==, 901);
        g_assert_cmpuint(event_log_find_after(log, 0,
                                         &(EventFilter){ .types = event_type_covers(EVENT_ANY) })
                                         ->serial,
                        ==, 901);
        g_assert_cmpuint(event_log_find_after(log, 950,
                                         &(EventFilter){ .types = event_type_covers(EVENT_ANY) })
                                         ->serial,
                        ==, 951);
}

static void test_max_bytes(void)
{
        g_autoptr(EventLog) log = event_log_new(1000, 10000);
        size_t kept;

        for (int i = 0; i < 500; i++) {
                Event *event = event_new(EVENT_PROCESS_LOG_STDOUT);

                event->group = g_strdup("g");
                event->process = g_strdup("p");
                event->data = g_bytes_new("x", 1);
                event_log_append(log, event);
        }
        kept = event_log_next(log) - event_log_oldest(log);
        g_assert_cmpuint(kept, >, 0);
        g_assert_cmpuint(kept, <=, 10000 / sizeof(Event));
        /* One that is larger than the bound is still kept: it is the newest. */
        {
                Event *large = event_new(EVENT_PROCESS_LOG_STDOUT);
                g_autofree char *zeros = g_malloc0(20000);

                large->data = g_bytes_new(zeros, 20000);
                event_log_append(log, large);
        }
        g_assert_cmpuint(event_log_next(log) - event_log_oldest(log), ==, 1);
}

static void test_types(void)
{
        g_autoptr(EventLog) log = event_log_new(100, 1000000);

        append_tick(log, 5);
        append_tick(log, 60);
        event_log_append(log, event_new_group(EVENT_PROCESS_GROUP_ADDED, "g"));
        append_tick(log, 60);
        g_assert_cmpuint(event_log_find_after(log, 0,
                                         &(EventFilter){ .types = event_type_bit(EVENT_TICK_60) })
                                         ->serial,
                        ==, 2);
        g_assert_cmpuint(event_log_find_after(log, 2,
                                         &(EventFilter){ .types = event_type_bit(EVENT_TICK_60) })
                                         ->serial,
                        ==, 4);
        g_assert_cmpuint(event_log_find_after(log, 0,
                                         &(EventFilter){ .types = event_type_covers(
                                                                         EVENT_PROCESS_GROUP) })
                                         ->serial,
                        ==, 3);
        g_assert_null(event_log_find_after(
                        log, 4, &(EventFilter){ .types = event_type_bit(EVENT_TICK_60) }));
        g_assert_null(event_log_find_after(
                        log, 0, &(EventFilter){ .types = event_type_covers(EVENT_PROCESS_STATE) }));
}

static void observe(const Event *event, void *userdata)
{
        *(uint64_t *)userdata += event->serial;
}

static void test_observer(void)
{
        g_autoptr(EventLog) log = event_log_new(2, 1000000);
        uint64_t sum = 0;

        event_log_set_observer(log, observe, &sum);
        for (int i = 0; i < 4; i++)
                append_tick(log, 5);
        g_assert_cmpuint(sum, ==, 1 + 2 + 3 + 4);
        event_log_set_observer(log, NULL, NULL);
        append_tick(log, 5);
        g_assert_cmpuint(sum, ==, 10);
}

static void test_run_id(void)
{
        g_autoptr(EventLog) one = event_log_new(2, 1000);
        g_autoptr(EventLog) two = event_log_new(2, 1000);

        g_assert_cmpuint(strlen(event_log_run_id(one)), ==, 32);
        g_assert_cmpstr(event_log_run_id(one), !=, event_log_run_id(two));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/event-log/serials", test_serials);
        g_test_add_func("/event-log/times", test_times);
        g_test_add_func("/event-log/max-events", test_max_events);
        g_test_add_func("/event-log/max-bytes", test_max_bytes);
        g_test_add_func("/event-log/types", test_types);
        g_test_add_func("/event-log/observer", test_observer);
        g_test_add_func("/event-log/run-id", test_run_id);
        return g_test_run();
}
