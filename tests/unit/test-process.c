/* Processes with real children: the events of a life, counters, errors. */

#include "daemon/process/process.h"

#include <errno.h>

#include "tests/unit/fixture.h"

static Fixture *with_program(ProcessConfig *config)
{
        GroupConfig *group = fixture_group_config(GROUP_PROGRAM, config->name, 999);

        fixture_group_add(group, config);
        return fixture_new(group, NULL);
}

static void check_states(const Fixture *fixture, const char *wanted)
{
        g_autofree char *states = fixture_states(fixture);

        g_assert_cmpstr(states, ==, wanted);
}

static void test_exit(void)
{
        Fixture *fixture = with_program(fixture_process_config("p", "/bin/sh -c 'exit 3'"));
        Process *process = fixture_process(fixture, "p", "p");

        process_start(process);
        fixture_run_until(fixture, process, PROCESS_EXITED);
        check_states(fixture, "p:STARTING p:RUNNING p:EXITED");
        g_assert_cmpint(process_last_exit(process)->code, ==, 3);
        g_assert_cmpint(process_pid(process), ==, 0);
        g_assert_cmpstr(process_spawn_error(process), ==, "Bad exit code 3");
        g_assert_cmpuint(process_stop_usec(process), >=, process_start_usec(process));
        g_assert_cmpuint(process_generation(process), ==, 1);
        fixture_free(fixture);
}

static void test_event_fields(void)
{
        Fixture *fixture = with_program(fixture_process_config("p", "/bin/sh -c 'kill -9 $$'"));
        Process *process = fixture_process(fixture, "p", "p");
        const Event *event;
        pid_t pid;

        process_start(process);
        pid = process_pid(process);
        fixture_run_until(fixture, process, PROCESS_EXITED);
        event = event_log_find_after(fixture->events, 0,
                        &(EventFilter){ .types = event_type_bit(EVENT_PROCESS_STATE_EXITED) });
        g_assert_cmpint(event->pid, ==, pid);
        g_assert_cmpint(event->from_state, ==, PROCESS_RUNNING);
        g_assert_cmpint(event->exit_code, ==, -1);
        g_assert_cmpint(event->term_signal, ==, SIGKILL);
        g_assert_false(event->expected);
        fixture_free(fixture);
}

static void test_not_found(void)
{
        ProcessConfig *config = fixture_process_config("p", "/no/such/program");
        Fixture *fixture;
        Process *process;

        config->startretries = 0;
        fixture = with_program(config);
        process = fixture_process(fixture, "p", "p");
        process_start(process);
        check_states(fixture, "p:STARTING p:BACKOFF p:FATAL");
        g_assert_cmpint(process_state(process), ==, PROCESS_FATAL);
        g_assert_cmpstr(process_spawn_error(process), ==, "can't find command '/no/such/program'");
        g_assert_cmpuint(process_tries(process), ==, 0);
        fixture_free(fixture);
}

static void test_too_quick(void)
{
        ProcessConfig *config = fixture_process_config("p", "/bin/true");
        Fixture *fixture;
        Process *process;

        config->startsecs = 3600;
        config->startretries = 0;
        fixture = with_program(config);
        process = fixture_process(fixture, "p", "p");
        process_start(process);
        fixture_run_until(fixture, process, PROCESS_FATAL);
        check_states(fixture, "p:STARTING p:BACKOFF p:FATAL");
        g_assert_cmpstr(process_spawn_error(process), ==,
                        "Exited too quickly (process log may have details)");
        fixture_free(fixture);
}

static void test_stop(void)
{
        Fixture *fixture = with_program(fixture_process_config("p", "/bin/sleep 1000"));
        Process *process = fixture_process(fixture, "p", "p");

        process_start(process);
        process_stop(process);
        fixture_run_until(fixture, process, PROCESS_STOPPED);
        check_states(fixture, "p:STARTING p:RUNNING p:STOPPING p:STOPPED");
        g_assert_cmpint(process_last_exit(process)->term_signal, ==, SIGTERM);
        fixture_free(fixture);
}

/* Who does not listen is killed when stopwaitsecs are over, or somebody is in a hurry. */
static void test_stubborn(void)
{
        ProcessConfig *config = fixture_process_config("p", "/bin/sleep 1000");
        Fixture *fixture;
        Process *process;

        config->killasgroup = true;
        config->stopsignal = SIGURG; /* ignored by default, so there is no race with the trap */
        fixture = with_program(config);
        process = fixture_process(fixture, "p", "p");
        process_start(process);
        process_stop(process);
        g_assert_cmpint(process_state(process), ==, PROCESS_STOPPING);
        process_hasten_stop(process);
        fixture_run_until(fixture, process, PROCESS_STOPPED);
        g_assert_cmpint(process_last_exit(process)->term_signal, ==, SIGKILL);
        fixture_free(fixture);
}

static void test_autorestart(void)
{
        ProcessConfig *config = fixture_process_config("p", "/bin/true");
        Fixture *fixture;
        Process *process;

        config->autorestart = AUTORESTART_TRUE;
        fixture = with_program(config);
        process = fixture_process(fixture, "p", "p");
        process_start(process);
        while (process_restarts(process) < 3)
                g_assert_cmpint(sd_event_run(fixture->event, 30000000), >, 0);
        g_assert_cmpuint(process_generation(process), ==, 4);
        fixture_free(fixture);
}

/* autorestart=unexpected leaves an expected exit alone; and a stop request takes a due restart
 * back. */
static void test_no_restart(void)
{
        ProcessConfig *expected = fixture_process_config("expected", "/bin/true");
        ProcessConfig *paused = fixture_process_config("paused", "/bin/true");
        Fixture *fixture;
        Process *process;

        expected->autorestart = AUTORESTART_UNEXPECTED;
        fixture = with_program(expected);
        process = fixture_process(fixture, "expected", "expected");
        process_start(process);
        fixture_run_until(fixture, process, PROCESS_EXITED);
        g_assert_false(process_restart_is_due(process));
        fixture_free(fixture);

        paused->autorestart = AUTORESTART_TRUE;
        paused->start_interval = 3600;
        fixture = with_program(paused);
        process = fixture_process(fixture, "paused", "paused");
        process_start(process);
        fixture_run_until(fixture, process, PROCESS_EXITED);
        g_assert_true(process_restart_is_due(process));
        process_stop(process);
        g_assert_false(process_restart_is_due(process));
        g_assert_cmpint(process_state(process), ==, PROCESS_EXITED);
        fixture_free(fixture);
}

/* Supervisor lets a stop shorten the patience of the next start. */
static void test_stop_forgets_tries(void)
{
        ProcessConfig *config = fixture_process_config("p", "/no/such/program");
        Fixture *fixture = with_program(config);
        Process *process = fixture_process(fixture, "p", "p");

        process_start(process);
        g_assert_cmpint(process_state(process), ==, PROCESS_BACKOFF);
        g_assert_cmpuint(process_tries(process), ==, 1);
        process_stop(process);
        g_assert_cmpint(process_state(process), ==, PROCESS_STOPPED);
        g_assert_cmpuint(process_tries(process), ==, 0);
        process_start(process);
        g_assert_cmpuint(process_tries(process), ==, 1);
        fixture_free(fixture);
}

/* A negative number of seconds is none, an absurd one is no small one. */
static void test_odd_startsecs(void)
{
        ProcessConfig *negative = fixture_process_config("n", "/bin/true");
        ProcessConfig *absurd = fixture_process_config("a", "/bin/true");
        Fixture *fixture;
        Process *process;

        negative->startsecs = -5;
        negative->startretries = -1;
        fixture = with_program(negative);
        process = fixture_process(fixture, "n", "n");
        process_start(process);
        fixture_run_until(fixture, process, PROCESS_EXITED);
        check_states(fixture, "n:STARTING n:RUNNING n:EXITED");
        fixture_free(fixture);

        absurd->startsecs = INT64_MAX / 1000000 + 1;
        absurd->startretries = -1;
        fixture = with_program(absurd);
        process = fixture_process(fixture, "a", "a");
        process_start(process);
        fixture_run_until(fixture, process, PROCESS_FATAL);
        check_states(fixture, "a:STARTING a:BACKOFF a:FATAL");
        fixture_free(fixture);
}

/* A signal that the kernel refuses makes it UNKNOWN; from there it ends like any other. */
static void test_unknown(void)
{
        Fixture *fixture = with_program(fixture_process_config("p", "/bin/sleep 1000"));
        Process *process = fixture_process(fixture, "p", "p");
        pid_t pid;

        process_start(process);
        pid = process_pid(process);
        g_assert_cmpint(process_signal(process, 1000), ==, -EINVAL);
        g_assert_cmpint(process_state(process), ==, PROCESS_UNKNOWN);
        process_start(process);
        process_stop(process);
        g_assert_cmpint(process_state(process), ==, PROCESS_UNKNOWN);
        g_assert_cmpint(process_pid(process), ==, pid);
        g_assert_cmpint(kill(pid, SIGKILL), ==, 0);
        fixture_run_until(fixture, process, PROCESS_EXITED);
        check_states(fixture, "p:STARTING p:RUNNING p:UNKNOWN p:EXITED");
        process_start(process);
        g_assert_cmpint(process_state(process), ==, PROCESS_RUNNING);
        process_stop(process);
        fixture_run_until(fixture, process, PROCESS_STOPPED);
        fixture_free(fixture);
}

/* A process that is taken away while it lives is nobody's any more, and reaped as that. */
static void test_forgotten(void)
{
        Fixture *fixture = with_program(fixture_process_config("p", "/bin/sleep 1000"));
        Process *process = fixture_process(fixture, "p", "p");
        pid_t pid;

        process_start(process);
        pid = process_pid(process);
        g_assert_true(child_is_ours(pid));
        manager_remove_process(fixture->manager, process);
        g_assert_false(child_is_ours(pid));
        g_assert_cmpint(kill(pid, SIGKILL), ==, 0);
        while (kill(pid, 0) == 0)
                g_assert_cmpint(sd_event_run(fixture->event, 30000000), >, 0);
        g_assert_cmpint(errno, ==, ESRCH);
        fixture_free(fixture);
}

/* The folder for AUTO logs comes later. */
static void test_auto_log_again(void)
{
        ProcessConfig *config = fixture_process_config("p", "/bin/echo hello");
        char *folder = fixture_folder_new();
        g_autofree char *text = NULL;
        Fixture *fixture;
        Process *process;

        config->output.logfile = g_strdup("AUTO");
        fixture = with_program(config);
        process = fixture_process(fixture, "p", "p");
        g_assert_null(process_stdout_log(process));
        fixture->config->supervisord.childlogdir = g_strdup(folder);
        process_start(process);
        g_assert_nonnull(process_stdout_log(process));
        fixture_run_until(fixture, process, PROCESS_EXITED);
        g_assert_true(g_file_get_contents(process_stdout_log(process), &text, NULL, NULL));
        g_assert_cmpstr(text, ==, "hello\n");
        fixture_free(fixture);
        fixture_folder_free(folder);
}

static void test_signal(void)
{
        Fixture *fixture = with_program(fixture_process_config("p", "/bin/sleep 1000"));
        Process *process = fixture_process(fixture, "p", "p");

        g_assert_cmpint(process_signal(process, SIGHUP), ==, -ESRCH);
        process_start(process);
        g_assert_cmpint(process_signal(process, SIGHUP), ==, 0);
        fixture_run_until(fixture, process, PROCESS_EXITED);
        g_assert_cmpint(process_last_exit(process)->term_signal, ==, SIGHUP);
        fixture_free(fixture);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/process/exit", test_exit);
        g_test_add_func("/process/event-fields", test_event_fields);
        g_test_add_func("/process/not-found", test_not_found);
        g_test_add_func("/process/too-quick", test_too_quick);
        g_test_add_func("/process/stop", test_stop);
        g_test_add_func("/process/stubborn", test_stubborn);
        g_test_add_func("/process/autorestart", test_autorestart);
        g_test_add_func("/process/no-restart", test_no_restart);
        g_test_add_func("/process/stop-forgets-tries", test_stop_forgets_tries);
        g_test_add_func("/process/odd-startsecs", test_odd_startsecs);
        g_test_add_func("/process/unknown", test_unknown);
        g_test_add_func("/process/forgotten", test_forgotten);
        g_test_add_func("/process/auto-log-again", test_auto_log_again);
        g_test_add_func("/process/signal", test_signal);
        return g_test_run();
}
