/* Update: the running model on its way to another configuration. */

#include "daemon/process/update.h"

#include "tests/unit/fixture.h"

#define SLEEP "/bin/sleep 1000"

typedef struct Outcome {
        bool over, complete;
        Update *update;
} Outcome;

static void on_done(bool complete, void *userdata)
{
        Outcome *outcome = userdata;

        outcome->over = true;
        outcome->complete = complete;
}

/* With autostart; each name is one process. */
static GroupConfig *group_of(const char *name, const char *command, const char *const *processes)
{
        GroupConfig *group = fixture_group_config(GROUP_PROGRAM, name, 999);

        for (; *processes; processes++) {
                ProcessConfig *process = fixture_process_config(*processes, command);

                process->autostart = true;
                fixture_group_add(group, process);
        }
        return group;
}

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static ProcessConfig *first_of(GroupConfig *group)
{
        return group->processes->pdata[0];
}

static Config *config_of(GroupConfig *first, ...)
{
        Config *config = config_new();
        va_list groups;

        config->supervisord.identifier = g_strdup("unit");
        va_start(groups, first);
        for (GroupConfig *group = first; group; group = va_arg(groups, GroupConfig *))
                config_put_group(config, group);
        va_end(groups);
        return config;
}

static void begin(Fixture *fixture, Config *fresh, Outcome *outcome)
{
        UpdateSetup setup = {
                .event = fixture->event,
                .manager = fixture->manager,
                .running = fixture->config,
                .fresh = fresh,
                .changes = config_diff(fixture->config, fresh),
                .on_done = on_done,
                .userdata = outcome,
        };

        *outcome = (Outcome){};
        outcome->update = update_new(&setup);
}

static void update_to(Fixture *fixture, Config *fresh)
{
        Outcome outcome;

        begin(fixture, fresh, &outcome);
        fixture_run_until_set(fixture, &outcome.over);
        g_assert_true(outcome.complete);
        update_free(outcome.update);
}

static void kill_all(const Fixture *fixture)
{
        const GPtrArray *groups = manager_groups(fixture->manager);

        for (guint i = 0; i < groups->len; i++) {
                const GPtrArray *processes = group_processes(groups->pdata[i]);

                for (guint k = 0; k < processes->len; k++)
                        (void)process_signal(processes->pdata[k], SIGKILL);
        }
}

static guint count_events(const Fixture *fixture, EventType type)
{
        uint64_t after = 0;
        const Event *event;
        guint n = 0;

        while ((event = event_log_find_after(fixture->events, after,
                                &(EventFilter){ .types = event_type_bit(type) }))) {
                after = event->serial;
                n++;
        }
        return n;
}

static void test_unchanged(void)
{
        Fixture *fixture = fixture_new(group_of("a", SLEEP, NAMES("a")), NULL);
        uint64_t next;
        pid_t pid;

        manager_autostart(fixture->manager);
        pid = process_pid(fixture_process(fixture, "a", "a"));
        next = event_log_next(fixture->events);
        update_to(fixture, config_of(group_of("a", SLEEP, NAMES("a")), NULL));
        g_assert_cmpint(process_pid(fixture_process(fixture, "a", "a")), ==, pid);
        g_assert_cmpuint(event_log_next(fixture->events), ==, next);
        kill_all(fixture);
        fixture_free(fixture);
}

static void test_restart(void)
{
        Fixture *fixture = fixture_new(group_of("a", SLEEP, NAMES("a", "b")), NULL);
        GroupConfig *fresh = group_of("a", SLEEP, NAMES("a", "b"));
        Process *a, *b;
        pid_t pid_a, pid_b;

        manager_autostart(fixture->manager);
        a = fixture_process(fixture, "a", "a");
        b = fixture_process(fixture, "a", "b");
        pid_a = process_pid(a);
        pid_b = process_pid(b);
        g_free(first_of(fresh)->command);
        first_of(fresh)->command = g_strdup("/bin/sleep 2000");
        update_to(fixture, config_of(fresh, NULL));
        g_assert_true(fixture_process(fixture, "a", "a") == a);
        g_assert_cmpint(process_pid(a), !=, pid_a);
        g_assert_cmpint(process_pid(a), !=, 0);
        g_assert_cmpint(process_pid(b), ==, pid_b);
        g_assert_cmpstr(process_config(a)->command, ==, "/bin/sleep 2000");
        g_assert_true(group_config(manager_find_group(fixture->manager, "a")) == fresh);
        g_assert_cmpuint(count_events(fixture, EVENT_PROCESS_GROUP_ADDED), ==, 1);
        g_assert_cmpuint(count_events(fixture, EVENT_PROCESS_GROUP_REMOVED), ==, 0);
        kill_all(fixture);
        fixture_free(fixture);
}

/* What was stopped stays stopped where autostart is off; what ran without it runs again. */
static void test_restart_without_autostart(void)
{
        Fixture *fixture = fixture_new(group_of("a", SLEEP, NAMES("ran", "rested")), NULL);
        GroupConfig *fresh = group_of("a", "/bin/sleep 2000", NAMES("ran", "rested"));

        process_start(fixture_process(fixture, "a", "ran"));
        for (guint i = 0; i < 2; i++)
                ((ProcessConfig *)fresh->processes->pdata[i])->autostart = false;
        update_to(fixture, config_of(fresh, NULL));
        g_assert_cmpint(process_state(fixture_process(fixture, "a", "ran")), ==, PROCESS_RUNNING);
        g_assert_cmpint(process_state(fixture_process(fixture, "a", "rested")), ==,
                        PROCESS_STOPPED);
        kill_all(fixture);
        fixture_free(fixture);
}

static void test_live(void)
{
        Fixture *fixture = fixture_new(group_of("a", SLEEP, NAMES("a")), NULL);
        GroupConfig *fresh = group_of("a", SLEEP, NAMES("a"));
        Process *process;
        pid_t pid;

        manager_autostart(fixture->manager);
        process = fixture_process(fixture, "a", "a");
        pid = process_pid(process);
        first_of(fresh)->stopsignal = SIGINT;
        update_to(fixture, config_of(fresh, NULL));
        g_assert_cmpint(process_pid(process), ==, pid);
        process_stop(process);
        fixture_run_until(fixture, process, PROCESS_STOPPED);
        g_assert_cmpint(process_last_exit(process)->term_signal, ==, SIGINT);
        fixture_free(fixture);
}

static void test_autostart_begins(void)
{
        Fixture *fixture = fixture_new(group_of("a", SLEEP, NAMES("a")), NULL);

        first_of(fixture->config->groups->pdata[0])->autostart = false;
        update_to(fixture, config_of(group_of("a", SLEEP, NAMES("a")), NULL));
        g_assert_cmpint(process_state(fixture_process(fixture, "a", "a")), ==, PROCESS_RUNNING);
        kill_all(fixture);
        fixture_free(fixture);
}

static char *names_of(const Fixture *fixture, const char *group)
{
        const GPtrArray *processes = group_processes(manager_find_group(fixture->manager, group));
        GString *names = g_string_new(NULL);

        for (guint i = 0; i < processes->len; i++)
                g_string_append_printf(names, "%s ", process_config(processes->pdata[i])->name);
        return g_string_free(names, false);
}

static void test_processes_come_and_go(void)
{
        Fixture *fixture = fixture_new(group_of("a", SLEEP, NAMES("b", "d")), NULL);
        g_autofree char *names = NULL;
        Process *d;
        pid_t pid;

        manager_autostart(fixture->manager);
        d = fixture_process(fixture, "a", "d");
        pid = process_pid(d);
        update_to(fixture, config_of(group_of("a", SLEEP, NAMES("a", "c", "d", "e")), NULL));
        names = names_of(fixture, "a");
        g_assert_cmpstr(names, ==, "a c d e ");
        g_assert_true(fixture_process(fixture, "a", "d") == d);
        g_assert_cmpint(process_pid(d), ==, pid);
        g_assert_cmpint(process_state(fixture_process(fixture, "a", "e")), ==, PROCESS_RUNNING);
        g_assert_null(manager_find_process(fixture->manager, "a", "b"));
        g_assert_cmpuint(count_events(fixture, EVENT_PROCESS_GROUP_ADDED), ==, 1);
        kill_all(fixture);
        fixture_free(fixture);
}

/* What goes has ended before anything comes. */
static void test_groups_come_and_go(void)
{
        Fixture *fixture = fixture_new(group_of("old", SLEEP, NAMES("old")), NULL);
        GroupConfig *early = group_of("new", SLEEP, NAMES("new"));
        g_autofree char *states = NULL;

        early->priority = 1;
        manager_autostart(fixture->manager);
        update_to(fixture, config_of(early, group_of("z", SLEEP, NAMES("z")), NULL));
        states = fixture_states(fixture);
        g_assert_cmpstr(states, ==,
                        "old:STARTING old:RUNNING old:STOPPING old:STOPPED "
                        "new:STARTING new:RUNNING z:STARTING z:RUNNING");
        g_assert_null(manager_find_group(fixture->manager, "old"));
        g_assert_true(group_config(manager_groups(fixture->manager)->pdata[0]) == early);
        g_assert_cmpuint(count_events(fixture, EVENT_PROCESS_GROUP_ADDED), ==, 3);
        g_assert_cmpuint(count_events(fixture, EVENT_PROCESS_GROUP_REMOVED), ==, 1);
        g_assert_cmpuint(fixture->config->groups->len, ==, 2);
        kill_all(fixture);
        fixture_free(fixture);
}

/* A pool that takes the name of a program is another group; its cursor goes with it. */
static void test_kind(void)
{
        Fixture *fixture = fixture_new(group_of("x", SLEEP, NAMES("x")), NULL);
        GroupConfig *pool = fixture_group_config(GROUP_EVENTLISTENER, "x", -1);

        fixture_group_add(pool, fixture_process_config("x", SLEEP));
        update_to(fixture, config_of(pool, NULL));
        g_assert_true(process_is_listener(fixture_process(fixture, "x", "x")));
        g_assert_cmpuint(cursors_find(fixture->cursors, "x")->begun, >, 0);
        update_to(fixture, config_of(group_of("x", SLEEP, NAMES("x")), NULL));
        g_assert_null(cursors_find(fixture->cursors, "x"));
        kill_all(fixture);
        fixture_free(fixture);
}

/* Somebody starts what is about to leave. */
static void test_obstinate(void)
{
        Fixture *fixture = fixture_new(group_of("a", SLEEP, NAMES("quick", "slow")), NULL);
        Process *quick, *slow;
        Outcome outcome;

        ((ProcessConfig *)((GroupConfig *)fixture->config->groups->pdata[0])->processes->pdata[1])
                        ->stopsignal = SIGURG; /* without effect */
        manager_autostart(fixture->manager);
        quick = fixture_process(fixture, "a", "quick");
        slow = fixture_process(fixture, "a", "slow");
        begin(fixture, config_of(group_of("b", SLEEP, NAMES("b")), NULL), &outcome);
        fixture_run_until(fixture, quick, PROCESS_STOPPED);
        process_start(quick);
        g_assert_cmpint(process_state(quick), ==, PROCESS_RUNNING);
        process_hasten_stop(slow);
        fixture_run_until_set(fixture, &outcome.over);
        g_assert_true(outcome.complete);
        g_assert_null(manager_find_group(fixture->manager, "a"));
        update_free(outcome.update);
        kill_all(fixture);
        fixture_free(fixture);
}

static void set_flag(void *userdata)
{
        *(bool *)userdata = true;
}

static void test_shutdown_in_the_middle(void)
{
        Fixture *fixture = fixture_new(group_of("a", SLEEP, NAMES("a")), NULL);
        bool stopped = false;
        Outcome outcome;

        manager_autostart(fixture->manager);
        begin(fixture,
                        config_of(group_of("a", "/bin/sleep 2", NAMES("a")),
                                        group_of("b", SLEEP, NAMES("b")), NULL),
                        &outcome);
        fixture_run_until(fixture, fixture_process(fixture, "a", "a"), PROCESS_STOPPING);
        manager_shutdown(fixture->manager, set_flag, &stopped);
        fixture_run_until_set(fixture, &stopped);
        fixture_run_until_set(fixture, &outcome.over);
        g_assert_false(outcome.complete);
        g_assert_null(manager_find_group(fixture->manager, "b"));
        g_assert_cmpint(process_state(fixture_process(fixture, "a", "a")), ==, PROCESS_STOPPED);
        manager_free(g_steal_pointer(&fixture->manager));
        update_free(outcome.update);
        fixture_free(fixture);
}

/* The model goes first, as at the end of the daemon. */
static void test_freed_in_the_middle(void)
{
        Fixture *fixture = fixture_new(group_of("a", SLEEP, NAMES("a")), NULL);
        Outcome outcome;

        manager_autostart(fixture->manager);
        begin(fixture, config_of(group_of("a", "/bin/sleep 2", NAMES("a")), NULL), &outcome);
        fixture_run_until(fixture, fixture_process(fixture, "a", "a"), PROCESS_STOPPING);
        manager_free(g_steal_pointer(&fixture->manager));
        update_free(outcome.update);
        fixture_free(fixture);
}

static void test_restart_of_all(void)
{
        Fixture *fixture = fixture_new(group_of("a", SLEEP, NAMES("a")), NULL);
        bool stopped = false;

        manager_autostart(fixture->manager);
        manager_restart(fixture->manager, set_flag, &stopped);
        g_assert_cmpint(manager_state(fixture->manager), ==, SUPERVISOR_RESTARTING);
        fixture_run_until_set(fixture, &stopped);
        manager_remove_all(fixture->manager);
        manager_activate(fixture->manager);
        g_assert_cmpint(manager_state(fixture->manager), ==, SUPERVISOR_RUNNING);
        g_assert_cmpint(process_state(fixture_process(fixture, "a", "a")), ==, PROCESS_STOPPED);
        manager_autostart(fixture->manager);
        g_assert_cmpint(process_state(fixture_process(fixture, "a", "a")), ==, PROCESS_RUNNING);
        g_assert_cmpuint(count_events(fixture, EVENT_SUPERVISOR_STATE_CHANGE_RUNNING), ==, 2);
        g_assert_cmpuint(count_events(fixture, EVENT_SUPERVISOR_STATE_CHANGE_STOPPING), ==, 1);
        kill_all(fixture);
        fixture_free(fixture);
}

/* Whoever asks for a shutdown gets it, and everything is stopped once. */
static void test_shutdown_during_restart(void)
{
        Fixture *fixture = fixture_new(group_of("a", SLEEP, NAMES("a")), NULL);
        bool for_restart = false, for_shutdown = false;

        manager_autostart(fixture->manager);
        manager_restart(fixture->manager, set_flag, &for_restart);
        manager_shutdown(fixture->manager, set_flag, &for_shutdown);
        g_assert_cmpint(manager_state(fixture->manager), ==, SUPERVISOR_SHUTDOWN);
        fixture_run_until_set(fixture, &for_shutdown);
        g_assert_false(for_restart);
        g_assert_cmpuint(count_events(fixture, EVENT_SUPERVISOR_STATE_CHANGE_STOPPING), ==, 1);
        fixture_free(fixture);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/update/unchanged", test_unchanged);
        g_test_add_func("/update/restart", test_restart);
        g_test_add_func("/update/restart-without-autostart", test_restart_without_autostart);
        g_test_add_func("/update/live", test_live);
        g_test_add_func("/update/autostart-begins", test_autostart_begins);
        g_test_add_func("/update/processes-come-and-go", test_processes_come_and_go);
        g_test_add_func("/update/groups-come-and-go", test_groups_come_and_go);
        g_test_add_func("/update/kind", test_kind);
        g_test_add_func("/update/obstinate", test_obstinate);
        g_test_add_func("/update/shutdown-in-the-middle", test_shutdown_in_the_middle);
        g_test_add_func("/update/freed-in-the-middle", test_freed_in_the_middle);
        g_test_add_func("/update/restart-of-all", test_restart_of_all);
        g_test_add_func("/update/shutdown-during-restart", test_shutdown_during_restart);
        return g_test_run();
}
