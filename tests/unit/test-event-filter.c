/* What passes each part of a filter, and that an event passes a part that has nothing to judge. */

#include "bus/event-filter.h"

static Event *exited(const char *group, const char *process, bool expected)
{
        Event *event = event_new_process_state(group, process, PROCESS_RUNNING, PROCESS_EXITED);

        event->expected = expected;
        return event;
}

static bool passes(const EventFilter *filter, Event *event)
{
        g_autoptr(Event) owned = event;

        return event_filter_passes(filter, owned);
}

static void test_types(void)
{
        const EventFilter nothing = { 0 };
        const EventFilter ticks = { .types = event_type_covers(EVENT_TICK) };

        g_assert_false(passes(&nothing, event_new_tick(5, 0)));
        g_assert_true(passes(&ticks, event_new_tick(5, 0)));
        g_assert_false(passes(&ticks, exited("web", "web", true)));
}

static void test_processes(void)
{
        char *patterns[] = { "web_*", "db:main", NULL };
        const EventFilter filter = {
                .types = event_type_covers(EVENT_ANY),
                .processes = patterns,
        };

        g_assert_true(passes(&filter, exited("site", "web_00", true)));
        g_assert_true(passes(&filter, exited("db", "main", true)));
        g_assert_false(passes(&filter, exited("web_00", "worker", true)));
        g_assert_false(passes(&filter, exited("other", "main", true)));
        g_assert_false(passes(&filter, exited("db", "mainly", true)));
        g_assert_true(passes(&filter, event_new_tick(60, 0)));
        g_assert_true(passes(&filter, event_new_group(EVENT_PROCESS_GROUP_ADDED, "other")));
}

static void test_groups(void)
{
        char *patterns[] = { "web", "d?", NULL };
        char *processes[] = { "main", NULL };
        EventFilter filter = { .types = event_type_covers(EVENT_ANY), .groups = patterns };

        g_assert_true(passes(&filter, exited("web", "x", true)));
        g_assert_true(passes(&filter, exited("db", "x", true)));
        g_assert_false(passes(&filter, exited("website", "x", true)));
        g_assert_true(passes(&filter, event_new_group(EVENT_PROCESS_GROUP_ADDED, "web")));
        g_assert_false(passes(&filter, event_new_group(EVENT_PROCESS_GROUP_ADDED, "mail")));
        g_assert_true(passes(&filter, event_new(EVENT_SUPERVISOR_STATE_CHANGE_RUNNING)));
        filter.processes = processes;
        g_assert_true(passes(&filter, exited("web", "main", true)));
        g_assert_false(passes(&filter, exited("web", "x", true)));
        g_assert_false(passes(&filter, exited("mail", "main", true)));
}

static void test_expected(void)
{
        EventFilter filter = { .types = event_type_covers(EVENT_ANY) };

        filter.expected = EVENT_EXPECTED_FALSE;
        g_assert_false(passes(&filter, exited("web", "web", true)));
        g_assert_true(passes(&filter, exited("web", "web", false)));
        g_assert_true(passes(&filter,
                        event_new_process_state("web", "web", PROCESS_STARTING, PROCESS_RUNNING)));
        filter.expected = EVENT_EXPECTED_TRUE;
        g_assert_true(passes(&filter, exited("web", "web", true)));
        g_assert_false(passes(&filter, exited("web", "web", false)));
}

static void test_copy(void)
{
        char *patterns[] = { "web", NULL };
        const EventFilter filter = {
                .types = event_type_covers(EVENT_ANY),
                .groups = patterns,
                .expected = EVENT_EXPECTED_TRUE,
        };
        EventFilter copy;

        event_filter_copy(&copy, &filter);
        g_assert_true(copy.groups != filter.groups);
        g_assert_true(passes(&copy, exited("web", "web", true)));
        g_assert_false(passes(&copy, exited("web", "web", false)));
        event_filter_clear(&copy);
        g_assert_false(passes(&copy, exited("web", "web", true)));
}

static void test_equal(void)
{
        char *web[] = { "web", NULL }, *same[] = { "web", NULL }, *both[] = { "web", "db", NULL };
        char *none[] = { NULL };
        const EventTypeSet any = event_type_covers(EVENT_ANY);
        const EventFilter filter = { .types = any, .groups = web };
        const EventFilter others[] = {
                { .types = any },
                { .types = event_type_bit(EVENT_TICK_5), .groups = web },
                { .types = any, .groups = both },
                { .types = any, .groups = web, .processes = web },
                { .types = any, .groups = web, .expected = EVENT_EXPECTED_TRUE },
        };

        g_assert_true(event_filter_equal(&filter,
                        &(EventFilter){ .types = any, .groups = same, .processes = none }));
        for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
                g_assert_false(event_filter_equal(&filter, &others[i]));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/event-filter/types", test_types);
        g_test_add_func("/event-filter/processes", test_processes);
        g_test_add_func("/event-filter/groups", test_groups);
        g_test_add_func("/event-filter/expected", test_expected);
        g_test_add_func("/event-filter/copy", test_copy);
        g_test_add_func("/event-filter/equal", test_equal);
        return g_test_run();
}
