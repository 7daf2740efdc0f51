/* The model as a whole: activation, names, the order of stopping. */

#include "daemon/process/manager.h"

#include <string.h>

#include "bus/error.h"
#include "daemon/process/selector.h"
#include "tests/unit/fixture.h"

static GroupConfig *group_of(
                GroupKind kind, const char *name, int64_t priority, const char *const *processes)
{
        GroupConfig *group = fixture_group_config(kind, name, priority);

        for (; *processes; processes++)
                fixture_group_add(group, fixture_process_config(*processes, "/bin/sleep 1000"));
        return group;
}

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static Fixture *three_groups(void)
{
        return fixture_new(group_of(GROUP_EVENTLISTENER, "pool", -1, NAMES("pool")),
                        group_of(GROUP_PROGRAM, "first", 1, NAMES("a", "b")),
                        group_of(GROUP_PROGRAM, "last", 2, NAMES("last")), NULL);
}

static void start_all(const Fixture *fixture)
{
        process_start(fixture_process(fixture, "pool", "pool"));
        process_start(fixture_process(fixture, "first", "a"));
        process_start(fixture_process(fixture, "first", "b"));
        process_start(fixture_process(fixture, "last", "last"));
}

static void test_activation(void)
{
        Fixture *fixture = three_groups();
        const EventTypeSet all = event_type_covers(EVENT_ANY);
        const char *groups[] = { "pool", "first", "last" };

        for (uint64_t i = 0; i < 3; i++) {
                const Event *event = event_log_find_after(
                                fixture->events, i, &(EventFilter){ .types = all });

                g_assert_cmpint(event->type, ==, EVENT_PROCESS_GROUP_ADDED);
                g_assert_cmpstr(event->group, ==, groups[i]);
        }
        g_assert_cmpint(event_log_find_after(fixture->events, 3, &(EventFilter){ .types = all })
                                        ->type,
                        ==, EVENT_SUPERVISOR_STATE_CHANGE_RUNNING);
        /* A pool gets its own arrival, which is event 1. */
        g_assert_cmpuint(cursors_find(fixture->cursors, "pool")->serial, ==, 0);
        g_assert_null(cursors_find(fixture->cursors, "first"));
        g_assert_cmpuint(manager_process_count(fixture->manager), ==, 4);
        fixture_free(fixture);
}

static void test_autostart(void)
{
        Fixture *fixture = three_groups();
        ProcessConfig *config;

        /* The fixture's programs have autostart off. */
        config = ((GroupConfig *)fixture->config->groups->pdata[2])->processes->pdata[0];
        config->autostart = true;
        manager_autostart(fixture->manager);
        g_assert_cmpint(process_state(fixture_process(fixture, "last", "last")), ==,
                        PROCESS_RUNNING);
        g_assert_cmpint(process_state(fixture_process(fixture, "first", "a")), ==, PROCESS_STOPPED);
        process_signal(fixture_process(fixture, "last", "last"), SIGKILL);
        fixture_free(fixture);
}

static void set_flag(void *userdata)
{
        *(bool *)userdata = true;
}

/* Descending priority, one group after the other; within a group all at once, from the last. */
static void test_stop_order(void)
{
        Fixture *fixture = three_groups();
        g_autofree char *states = NULL;
        bool stopped = false;

        start_all(fixture);
        manager_shutdown(fixture->manager, set_flag, &stopped);
        g_assert_cmpint(manager_state(fixture->manager), ==, SUPERVISOR_SHUTDOWN);
        fixture_run_until_set(fixture, &stopped);
        states = fixture_states(fixture);
        g_assert_nonnull(strstr(states, "last:STOPPING last:STOPPED b:STOPPING a:STOPPING "));
        g_assert_true(g_str_has_suffix(states, " pool:STOPPING pool:STOPPED"));
        g_assert_nonnull(event_log_find_after(fixture->events, 0,
                        &(EventFilter){ .types = event_type_bit(
                                                        EVENT_SUPERVISOR_STATE_CHANGE_STOPPING) }));
        fixture_free(fixture);
}

static void test_stop_with_nothing_running(void)
{
        Fixture *fixture = three_groups();
        bool stopped = false;

        manager_shutdown(fixture->manager, set_flag, &stopped);
        fixture_run_until_set(fixture, &stopped);
        fixture_free(fixture);
}

/* A second request does not wait for stopwaitsecs. */
static void test_hasten(void)
{
        Fixture *fixture = fixture_new(group_of(GROUP_PROGRAM, "p", 1, NAMES("p")), NULL);
        Process *process = fixture_process(fixture, "p", "p");
        ProcessConfig *config =
                        ((GroupConfig *)fixture->config->groups->pdata[0])->processes->pdata[0];
        bool stopped = false;

        config->stopsignal = SIGURG; /* without effect */
        config->stopwaitsecs = 3600;
        process_start(process);
        manager_shutdown(fixture->manager, set_flag, &stopped);
        fixture_run_until(fixture, process, PROCESS_STOPPING);
        manager_shutdown(fixture->manager, set_flag, &stopped);
        fixture_run_until_set(fixture, &stopped);
        g_assert_cmpint(process_last_exit(process)->term_signal, ==, SIGKILL);
        fixture_free(fixture);
}

/* Only listeners that a host had taken begin anew when it is gone. */
static void test_restart_leased(void)
{
        Fixture *fixture = fixture_new(
                        group_of(GROUP_EVENTLISTENER, "pool", -1, NAMES("taken", "free")), NULL);
        Process *taken = fixture_process(fixture, "pool", "taken");
        Process *free_one = fixture_process(fixture, "pool", "free");

        process_start(taken);
        process_start(free_one);
        process_lease(taken);
        g_assert_true(process_is_leased(taken));
        manager_restart_leased_listeners(fixture->manager);
        fixture_run_until(fixture, taken, PROCESS_RUNNING);
        g_assert_cmpuint(process_generation(taken), ==, 2);
        g_assert_false(process_is_leased(taken));
        g_assert_cmpuint(process_generation(free_one), ==, 1);
        process_signal(taken, SIGKILL);
        process_signal(free_one, SIGKILL);
        fixture_free(fixture);
}

typedef struct Found {
        GString *text;
} Found;

static void on_match(Process *process, bool by_name, void *userdata)
{
        Found *found = userdata;

        g_string_append_printf(
                        found->text, "%s%s ", process_config(process)->name, by_name ? "!" : "");
}

static void on_miss(const char *group, const char *process, const char *error, void *userdata)
{
        Found *found = userdata;

        g_string_append_printf(found->text, "%s/%s:%s ", group, process ? process : "-",
                        strrchr(error, '.') + 1);
}

static void check_selection(const Fixture *fixture, const char *name, const char *wanted)
{
        Found found = { .text = g_string_new(NULL) };

        selector_find(fixture->manager, name, on_match, on_miss, &found);
        g_assert_cmpstr(found.text->str, ==, wanted);
        g_string_free(found.text, true);
}

static void test_selector(void)
{
        Fixture *fixture = three_groups();

        check_selection(fixture, "all", "pool a b last ");
        check_selection(fixture, "first:*", "a b ");
        check_selection(fixture, "first:", "a b ");
        check_selection(fixture, "first:b", "b! ");
        check_selection(fixture, "last", "last! ");
        check_selection(fixture, "last:last", "last! ");
        check_selection(fixture, "first", "first/first:NoSuchProcess ");
        check_selection(fixture, "none:*", "none/-:NoSuchGroup ");
        check_selection(fixture, "none:x", "none/x:NoSuchProcess ");
        check_selection(fixture, "", "/:NoSuchProcess ");
        check_selection(fixture, ":", "/-:NoSuchGroup ");
        fixture_free(fixture);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/manager/activation", test_activation);
        g_test_add_func("/manager/autostart", test_autostart);
        g_test_add_func("/manager/stop-order", test_stop_order);
        g_test_add_func("/manager/stop-with-nothing-running", test_stop_with_nothing_running);
        g_test_add_func("/manager/hasten", test_hasten);
        g_test_add_func("/manager/restart-leased", test_restart_leased);
        g_test_add_func("/manager/selector", test_selector);
        return g_test_run();
}
