/* Walks all types: names, hierarchy (told by the names themselves, which begin with their parent's)
 * and what a subscription covers; then the life of a snapshot. */

#include "bus/event.h"

#include <stdlib.h>
#include <string.h>

static void test_names_round_trip(void)
{
        for (int type = 0; type < _EVENT_TYPE_MAX; type++)
                g_assert_cmpint(event_type_from_string(event_type_to_string(type)), ==, type);
        g_assert_cmpint(_EVENT_TYPE_MAX, ==, 27);
        g_assert_cmpint(event_type_from_string("tick"), ==, _EVENT_TYPE_INVALID);
        g_assert_cmpint(event_type_from_string(""), ==, _EVENT_TYPE_INVALID);
        g_assert_cmpint(event_type_from_string("TICK_"), ==, _EVENT_TYPE_INVALID);
}

static void test_nearest(void)
{
        g_assert_cmpstr(event_type_nearest("PROCESS_STATE_EXITD"), ==, "PROCESS_STATE_EXITED");
        g_assert_cmpstr(event_type_nearest("TICK60"), ==, "TICK_60");
        g_assert_cmpstr(event_type_nearest("EXITED"), ==, "PROCESS_STATE_EXITED");
        g_assert_cmpstr(event_type_nearest("LOG_STDERR"), ==, "PROCESS_LOG_STDERR");
        g_assert_null(event_type_nearest("XITED"));
        g_assert_null(event_type_nearest("SOMETHING_ELSE"));
        g_assert_null(event_type_nearest(""));
}

/* What the names say by their last word. */
static void test_told_by_type(void)
{
        for (int type = 0; type < _EVENT_TYPE_MAX; type++) {
                const char *name = event_type_to_string(type);
                bool is_stdout = g_str_has_suffix(name, "_STDOUT");
                bool is_stderr = g_str_has_suffix(name, "_STDERR");
                unsigned period = g_str_has_prefix(name, "TICK_") ? atoi(name + 5) : 0;

                if (event_type_is_abstract(type))
                        continue;
                g_assert_cmpstr(event_type_channel(type), ==,
                                is_stdout   ? "stdout"
                                : is_stderr ? "stderr"
                                            : NULL);
                g_assert_cmpuint(event_type_tick_period(type), ==, period);
                g_assert_cmpstr(event_type_supervisor_state(type), ==,
                                g_str_has_prefix(name, "SUPERVISOR_") ? strrchr(name, '_') + 1
                                                                      : NULL);
        }
}

static bool name_is_at_or_below(const char *name, const char *ancestor)
{
        size_t length = strlen(ancestor);

        if (strcmp(ancestor, "EVENT") == 0)
                return true;
        return strncmp(name, ancestor, length) == 0 &&
               (name[length] == '\0' || name[length] == '_');
}

static void test_hierarchy(void)
{
        for (int ancestor = 0; ancestor < _EVENT_TYPE_MAX; ancestor++) {
                EventTypeSet set = 0;

                for (int type = 0; type < _EVENT_TYPE_MAX; type++)
                        if (!event_type_is_abstract(type) &&
                                        name_is_at_or_below(event_type_to_string(type),
                                                        event_type_to_string(ancestor)))
                                set |= event_type_bit(type);
                g_assert_cmphex(event_type_covers(ancestor), ==, set);
                g_assert_cmphex(set, !=, 0);
        }
}

static void test_abstract_types(void)
{
        static const char *const names[] = { "EVENT", "PROCESS_STATE", "PROCESS_COMMUNICATION",
                "PROCESS_LOG", "SUPERVISOR_STATE_CHANGE", "TICK", "PROCESS_GROUP" };
        unsigned n_abstract = 0;

        for (int type = 0; type < _EVENT_TYPE_MAX; type++)
                n_abstract += event_type_is_abstract(type);
        g_assert_cmpuint(n_abstract, ==, G_N_ELEMENTS(names));
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
                g_assert_true(event_type_is_abstract(event_type_from_string(names[i])));
}

static void test_sets(void)
{
        static const char *const good[] = { "TICK", "PROCESS_STATE_EXITED", "TICK_5", NULL };
        static const char *const bad[] = { "TICK", "NOTHING", "ALSO_NOTHING", NULL };
        static const char *const none[] = { NULL };
        EventTypeSet set = 0;
        const char *unknown = NULL;

        g_assert_true(event_type_set_from_strings(good, &set, &unknown));
        g_assert_cmphex(set, ==,
                        event_type_covers(EVENT_TICK) | event_type_bit(EVENT_PROCESS_STATE_EXITED));
        g_assert_null(unknown);
        g_assert_false(event_type_set_from_strings(bad, &set, &unknown));
        g_assert_cmpstr(unknown, ==, "NOTHING");
        g_assert_true(event_type_set_from_strings(none, &set, &unknown));
        g_assert_cmphex(set, ==, 0);
}

static void test_process_states(void)
{
        for (int state = 0; state < _PROCESS_STATE_MAX; state++) {
                g_autofree char *name =
                                g_strconcat("PROCESS_STATE_", process_state_to_string(state), NULL);
                g_autoptr(Event) event = event_new_process_state("g", "p", PROCESS_UNKNOWN, state);

                g_assert_cmpint(event->type, ==, event_type_from_string(name));
                g_assert_cmpint(event_type_of_process_state(state), ==, event->type);
                g_assert_cmpint(event_process_state(event), ==, state);
                g_assert_cmpint(event->from_state, ==, PROCESS_UNKNOWN);
                g_assert_cmpstr(event->group, ==, "g");
                g_assert_cmpstr(event->process, ==, "p");
                g_assert_cmpint(event->exit_code, ==, -1);
        }
}

static void test_ticks(void)
{
        static const unsigned periods[] = { 5, 60, 3600 };

        for (size_t i = 0; i < G_N_ELEMENTS(periods); i++) {
                g_autofree char *name = g_strdup_printf("TICK_%u", periods[i]);
                g_autoptr(Event) event = event_new_tick(periods[i], 1700000000);

                g_assert_cmpstr(event_type_to_string(event->type), ==, name);
                g_assert_cmpuint(event->tick_period, ==, periods[i]);
                g_assert_cmpuint(event->tick_when, ==, 1700000000);
        }
}

/* Data of others must not reach everybody; all else may. */
static void test_restricted(void)
{
        EventTypeSet restricted = event_type_covers(EVENT_PROCESS_LOG) |
                                  event_type_covers(EVENT_PROCESS_COMMUNICATION) |
                                  event_type_bit(EVENT_REMOTE_COMMUNICATION);

        for (int type = 0; type < _EVENT_TYPE_MAX; type++)
                if (!event_type_is_abstract(type))
                        g_assert_cmpint(event_type_is_restricted(type), ==,
                                        (event_type_bit(type) & restricted) != 0);
}

static void test_counting(void)
{
        Event *event = event_new_group(EVENT_PROCESS_GROUP_ADDED, "site");
        Event *again = event_ref(event);

        g_assert_true(again == event);
        g_assert_null(event_unref(event));
        g_assert_cmpstr(again->group, ==, "site");
        g_assert_null(event_unref(again));
        g_assert_null(event_unref(NULL));
}

static void test_size(void)
{
        g_autoptr(Event) small = event_new(EVENT_PROCESS_LOG_STDOUT);
        g_autoptr(Event) large = event_new(EVENT_PROCESS_LOG_STDOUT);

        large->group = g_strdup("site");
        large->process = g_strdup("web");
        large->data = g_bytes_new_static("0123456789", 10);
        g_assert_cmpuint(event_size(small), >=, sizeof(Event));
        g_assert_cmpuint(event_size(large) - event_size(small), ==, 5 + 4 + 10);
}

int main(int argc, char *argv[])
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/event/names-round-trip", test_names_round_trip);
        g_test_add_func("/event/nearest", test_nearest);
        g_test_add_func("/event/told-by-type", test_told_by_type);
        g_test_add_func("/event/hierarchy", test_hierarchy);
        g_test_add_func("/event/abstract-types", test_abstract_types);
        g_test_add_func("/event/sets", test_sets);
        g_test_add_func("/event/process-states", test_process_states);
        g_test_add_func("/event/ticks", test_ticks);
        g_test_add_func("/event/restricted", test_restricted);
        g_test_add_func("/event/counting", test_counting);
        g_test_add_func("/event/size", test_size);
        return g_test_run();
}
