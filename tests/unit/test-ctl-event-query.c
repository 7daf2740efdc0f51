/* Options of events, as they are typed, become a query or an error. */

#include "tools/ctl/event-query.h"
#include "tools/ctl/failure.h"

#define NOW UINT64_C(1700000000000000)

static void init(EventQuery *query, const EventOptions *options)
{
        g_autoptr(GError) error = NULL;

        event_query_init(query, options, NOW, &error);
        g_assert_no_error(error);
}

static void test_nothing(void)
{
        g_auto(EventQuery) query = { 0 };

        init(&query, &(EventOptions){ 0 });
        g_assert_null(query.types[0]);
        g_assert_cmphex(query.filter.types, ==, event_type_covers(EVENT_ANY));
        g_assert_cmpint(query.since.kind, ==, EVENT_BOUND_NONE);
        g_assert_cmpuint(query.lines, ==, EVENT_QUERY_ALL);
}

static void test_bounds(void)
{
        g_auto(EventQuery) query = { 0 };

        init(&query, &(EventOptions){ .since = (char *)"17", .until = (char *)"@1700000000" });
        g_assert_cmpint(query.since.kind, ==, EVENT_BOUND_SERIAL);
        g_assert_cmpuint(query.since.value, ==, 17);
        g_assert_cmpint(query.until.kind, ==, EVENT_BOUND_TIME);
        g_assert_cmpuint(query.until.value, ==, NOW);
}

static void test_types(void)
{
        char *types[] = { (char *)"tick_5, Process_State", (char *)"TICK_60,", NULL };
        g_auto(EventQuery) query = { 0 };

        init(&query, &(EventOptions){ .types = types });
        g_assert_cmpuint(g_strv_length(query.types), ==, 3);
        g_assert_cmpstr(query.types[0], ==, "TICK_5");
        g_assert_cmpstr(query.types[1], ==, "PROCESS_STATE");
        g_assert_cmpstr(query.types[2], ==, "TICK_60");
        g_assert_cmphex(query.filter.types, ==,
                        event_type_covers(EVENT_PROCESS_STATE) | event_type_bit(EVENT_TICK_5) |
                                        event_type_bit(EVENT_TICK_60));
}

static void test_lines(void)
{
        static const struct {
                const char *lines, *since;
                bool follow;
                uint64_t expected;
        } cases[] = {
                { "5", NULL, false, 5 },
                { "0", NULL, true, 0 },
                { "all", NULL, true, EVENT_QUERY_ALL },
                { NULL, NULL, true, 10 },
                { NULL, "1", true, EVENT_QUERY_ALL },
                { "3", "1", true, 3 },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_auto(EventQuery) query = { 0 };

                init(&query, &(EventOptions){ .lines = (char *)cases[i].lines,
                                             .since = (char *)cases[i].since,
                                             .follow = cases[i].follow });
                g_assert_cmpuint(query.lines, ==, cases[i].expected);
        }
}

static void test_wrong(void)
{
        char *unknown[] = { (char *)"process_stat", NULL };
        const struct {
                EventOptions options;
                const char *message;
        } cases[] = {
                { { .types = unknown },
                                "unknown event type PROCESS_STAT; did you mean PROCESS_STATE?" },
                { { .since = (char *)"99999999999999999999" },
                                "99999999999999999999 is too large for a serial" },
                { { .lines = (char *)"-1" },
                                "--lines takes a number or the word all, and not '-1'" },
                { { .lines = (char *)"" }, "--lines takes a number or the word all, and not ''" },
                { { .follow = true, .until = (char *)"5" },
                                "--until makes no sense with --follow" },
                { { .follow = true, .reverse = true }, "--reverse makes no sense with --follow" },
                { { .since = (char *)"6", .until = (char *)"5" }, "--since lies behind --until" },
                { { .since = (char *)"now", .until = (char *)"-1s" },
                                "--since lies behind --until" },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_auto(EventQuery) query = { 0 };
                g_autoptr(GError) error = NULL;

                g_assert_false(event_query_init(&query, &cases[i].options, NOW, &error));
                g_assert_error(error, FAILURE, FAILURE_USAGE);
                g_assert_cmpstr(error->message, ==, cases[i].message);
                g_assert_cmpint(failure_exit_status(error), ==, EXIT_STATUS_INVALID_ARGUMENTS);
        }
}

static bool passes(const EventQuery *query, Event *event)
{
        bool result = event_query_passes(query, event);

        event_unref(event);
        return result;
}

static Event *started(const char *group, const char *process)
{
        return event_new_process_state(group, process, PROCESS_STOPPED, PROCESS_STARTING);
}

static void test_processes(void)
{
        char *processes[] = { (char *)"web*", (char *)"db:main,cat", NULL };
        g_auto(EventQuery) query = { 0 };

        init(&query, &(EventOptions){ .processes = processes });
        g_assert_true(passes(&query, started("site", "web1")));
        g_assert_true(passes(&query, started("db", "main")));
        g_assert_false(passes(&query, started("other", "main")));
        g_assert_true(passes(&query, started("cat", "cat")));
        g_assert_false(passes(&query, event_new_tick(5, 0)));
        g_assert_false(passes(&query, event_new_group(EVENT_PROCESS_GROUP_ADDED, "web1")));
}

static void test_groups(void)
{
        char *groups[] = { (char *)"si?e", NULL };
        char *types[] = { (char *)"PROCESS_STATE,TICK", NULL };
        g_auto(EventQuery) query = { 0 };
        g_auto(EventQuery) narrow = { 0 };

        init(&query, &(EventOptions){ .groups = groups });
        g_assert_true(passes(&query, started("site", "web1")));
        g_assert_true(passes(&query, event_new_group(EVENT_PROCESS_GROUP_ADDED, "site")));
        g_assert_false(passes(&query, started("cat", "cat")));
        g_assert_false(passes(&query, event_new_tick(5, 0)));
        init(&narrow, &(EventOptions){ .groups = groups, .types = types });
        g_assert_true(passes(&narrow, started("site", "web1")));
        g_assert_false(passes(&narrow, event_new_group(EVENT_PROCESS_GROUP_ADDED, "site")));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/ctl/event-query/nothing", test_nothing);
        g_test_add_func("/ctl/event-query/bounds", test_bounds);
        g_test_add_func("/ctl/event-query/types", test_types);
        g_test_add_func("/ctl/event-query/lines", test_lines);
        g_test_add_func("/ctl/event-query/wrong", test_wrong);
        g_test_add_func("/ctl/event-query/processes", test_processes);
        g_test_add_func("/ctl/event-query/groups", test_groups);
        return g_test_run();
}
