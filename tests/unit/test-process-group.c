/* Stops that concern the whole process group, and ends that do not come. */

#include <errno.h>
#include <sys/ptrace.h>
#include <unistd.h>

#include "daemon/process/process.h"
#include "daemon/process/remains.h"
#include "tests/unit/fixture.h"

/* The member in the background does not listen to SIGTERM, the leader does. */
#define DEAF_MEMBER "trap \"\" TERM; sleep 1000 & trap - TERM; echo ready; exec sleep 1000"
#define GOOD_MEMBER "sleep 1000 & echo ready; exec sleep 1000"

typedef struct Case {
        char *folder;
        Fixture *fixture;
        Process *process;
        pid_t group;
} Case;

/* Starts the script and waits until it is ready. */
static void start(Case *test, const char *script, bool stopasgroup, bool killasgroup)
{
        g_autofree char *command = g_strdup_printf("/bin/sh -c '%s'", script);
        ProcessConfig *config = fixture_process_config("p", command);
        GroupConfig *group = fixture_group_config(GROUP_PROGRAM, "p", 999);

        config->stopasgroup = stopasgroup;
        config->killasgroup = killasgroup;
        config->stopwaitsecs = 3600;
        config->output.logfile = g_build_filename(test->folder, "log", NULL);
        fixture_group_add(group, config);
        test->fixture = fixture_new(group, NULL);
        test->process = fixture_process(test->fixture, "p", "p");
        process_start(test->process);
        test->group = process_pid(test->process);
        for (;;) {
                g_autofree char *log = fixture_read(test->folder, "log");

                if (*log)
                        return;
                g_assert_cmpint(sd_event_run(test->fixture->event, 30000000), >, 0);
        }
}

static void set_up(Case *test, gconstpointer data)
{
        test->folder = fixture_folder_new();
}

static void tear_down(Case *test, gconstpointer data)
{
        if (test->fixture)
                fixture_free(test->fixture);
        fixture_folder_free(test->folder);
}

static void run_until_leader_ended(const Case *test)
{
        while (process_pid(test->process) > 0)
                g_assert_cmpint(sd_event_run(test->fixture->event, 30000000), >, 0);
}

static void check_stopped(const Case *test, int term_signal)
{
        g_autofree char *states = NULL;

        fixture_run_until(test->fixture, test->process, PROCESS_STOPPED);
        states = fixture_states(test->fixture);
        g_assert_cmpstr(states, ==, "p:STARTING p:RUNNING p:STOPPING p:STOPPED");
        g_assert_cmpint(process_last_exit(test->process)->term_signal, ==, term_signal);
}

static void test_all_obey(Case *test, gconstpointer data)
{
        start(test, GOOD_MEMBER, true, true);
        process_stop(test->process);
        check_stopped(test, SIGTERM);
        g_assert_false(remains_exist(test->group));
}

static void test_one_is_deaf(Case *test, gconstpointer data)
{
        const Event *stopped;

        start(test, DEAF_MEMBER, true, true);
        process_stop(test->process);
        run_until_leader_ended(test);
        g_assert_cmpint(process_state(test->process), ==, PROCESS_STOPPING);
        g_assert_true(remains_exist(test->group));
        process_hasten_stop(test->process);
        check_stopped(test, SIGTERM);
        g_assert_false(remains_exist(test->group));
        stopped = event_log_find_after(test->fixture->events, 0,
                        &(EventFilter){ .types = event_type_bit(EVENT_PROCESS_STATE_STOPPED) });
        g_assert_cmpint(stopped->pid, ==, test->group);
        g_assert_cmpint(stopped->term_signal, ==, SIGTERM);
}

/* killasgroup alone: nobody else was asked to end, so nobody is waited for. */
static void test_kill_rest(Case *test, gconstpointer data)
{
        start(test, GOOD_MEMBER, false, true);
        process_stop(test->process);
        check_stopped(test, SIGTERM);
        g_assert_false(remains_exist(test->group));
}

static void test_kill_all(Case *test, gconstpointer data)
{
        start(test, "trap \"\" TERM; sleep 1000 & echo ready; exec sleep 1000", false, true);
        process_stop(test->process);
        process_hasten_stop(test->process);
        check_stopped(test, SIGKILL);
        g_assert_false(remains_exist(test->group));
}

/* Without either option the rest is none of our business. */
static void test_leave_rest(Case *test, gconstpointer data)
{
        start(test, GOOD_MEMBER, false, false);
        process_stop(test->process);
        check_stopped(test, SIGTERM);
        g_assert_true(remains_exist(test->group));
        g_assert_cmpint(kill(-test->group, SIGKILL), ==, 0);
}

/* An exit of its own touches nobody else either. */
static void test_own_exit(Case *test, gconstpointer data)
{
        start(test, "sleep 1000 & echo ready", true, true);
        fixture_run_until(test->fixture, test->process, PROCESS_EXITED);
        g_assert_true(remains_exist(test->group));
        g_assert_cmpint(kill(-test->group, SIGKILL), ==, 0);
}

/* A second start while the group is waited for has to wait, too. */
static void test_no_start_meanwhile(Case *test, gconstpointer data)
{
        start(test, DEAF_MEMBER, true, true);
        process_stop(test->process);
        run_until_leader_ended(test);
        process_start(test->process);
        g_assert_cmpint(process_state(test->process), ==, PROCESS_STOPPING);
        g_assert_cmpuint(process_generation(test->process), ==, 1);
        process_hasten_stop(test->process);
        check_stopped(test, SIGTERM);
}

/* Traces the process, so that its parent cannot reap it when it dies, until the descriptor is
 * closed. -1 where that is not allowed. */
static int hold(pid_t pid)
{
        int ready[2], held[2];
        char answer = 0;

        g_assert_cmpint(pipe(ready), ==, 0);
        g_assert_cmpint(pipe(held), ==, 0);
        if (fork() == 0) {
                close(held[1]);
                answer = ptrace(PTRACE_SEIZE, pid, NULL, NULL) == 0 ? 'y' : 'n';
                (void)!write(ready[1], &answer, 1);
                (void)!read(held[0], &answer, 1);
                _exit(0);
        }
        g_assert_cmpint(read(ready[0], &answer, 1), ==, 1);
        close(ready[0]);
        close(ready[1]);
        close(held[0]);
        if (answer == 'y')
                return held[1];
        close(held[1]);
        return -1;
}

/* It does not block whoever waits for the stop for ever; and if it ends after all, that is seen. */
static void test_unkillable(Case *test, gconstpointer data)
{
        int held;

        start(test, "echo ready; exec sleep 1000", false, false);
        held = hold(test->group);
        if (held < 0) {
                g_test_skip("ptrace is not allowed here");
                process_stop(test->process);
                check_stopped(test, SIGTERM);
                return;
        }
        process_stop(test->process);
        for (int i = 0; i < 5; i++) {
                g_assert_cmpint(process_state(test->process), ==, PROCESS_STOPPING);
                process_hasten_stop(test->process);
        }
        process_hasten_stop(test->process);
        g_assert_cmpint(process_state(test->process), ==, PROCESS_UNKNOWN);
        while (sd_event_run(test->fixture->event, 0) > 0)
                ;
        g_assert_cmpint(process_pid(test->process), ==, test->group);
        close(held);
        fixture_run_until(test->fixture, test->process, PROCESS_EXITED);
}

int main(int argc, char **argv)
{
        static const struct {
                const char *name;
                void (*function)(Case *test, gconstpointer data);
        } tests[] = {
                { "/process-group/all-obey", test_all_obey },
                { "/process-group/one-is-deaf", test_one_is_deaf },
                { "/process-group/kill-rest", test_kill_rest },
                { "/process-group/kill-all", test_kill_all },
                { "/process-group/leave-rest", test_leave_rest },
                { "/process-group/own-exit", test_own_exit },
                { "/process-group/no-start-meanwhile", test_no_start_meanwhile },
                { "/process-group/unkillable", test_unkillable },
        };

        g_test_init(&argc, &argv, NULL);
        for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
                g_test_add(tests[i].name, Case, NULL, set_up, tests[i].function, tear_down);
        return g_test_run();
}
