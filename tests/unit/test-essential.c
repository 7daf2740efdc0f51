/* Essential programs: whose end counts, and what the daemon is to end with. */

#include "daemon/process/essential.h"

#include <signal.h>

#include "tests/unit/fixture.h"

#define NOT_YET (-1000)

/* A model with one program, which is essential, and with what has been told of its end. */
typedef struct Case {
        Fixture *fixture;
        ProcessConfig *config; /* borrowed */
        Process *process;      /* borrowed */
        int status;
} Case;

static void on_ended(int exit_status, void *userdata)
{
        Case *one = userdata;

        g_assert_cmpint(one->status, ==, NOT_YET);
        one->status = exit_status;
}

static Case *case_new(const char *command)
{
        Case *one = g_new0(Case, 1);
        GroupConfig *group = fixture_group_config(GROUP_PROGRAM, "main", 999);

        one->status = NOT_YET;
        one->config = fixture_process_config("main", command);
        one->config->exit_policy = EXIT_POLICY_ESSENTIAL;
        one->config->startretries = 0;
        fixture_group_add(group, one->config);
        one->fixture = fixture_new_with_essential(on_ended, one, group, NULL);
        one->process = fixture_process(one->fixture, "main", "main");
        return one;
}

static void case_free(Case *one)
{
        fixture_free(one->fixture);
        g_free(one);
}

static void settle(Case *one)
{
        while (sd_event_run(one->fixture->event, 0) > 0)
                ;
}

static void check(const char *command, bool too_quick, ProcessState end, int status)
{
        Case *one = case_new(command);

        one->config->startsecs = too_quick ? 3600 : 0;
        process_start(one->process);
        fixture_run_until(one->fixture, one->process, end);
        settle(one);
        g_assert_cmpint(one->status, ==, status);
        case_free(one);
}

static void test_exit_status(void)
{
        check("/bin/true", false, PROCESS_EXITED, 0);
        check("/bin/sh -c 'exit 3'", false, PROCESS_EXITED, 3);
        check("/bin/sh -c 'kill -KILL $$'", false, PROCESS_EXITED, 128 + SIGKILL);
}

static void test_fatal(void)
{
        check("/bin/sh -c 'exit 3'", true, PROCESS_FATAL, 3);
        check("/bin/sh -c 'kill -TERM $$'", true, PROCESS_FATAL, 128 + SIGTERM);
        check("/bin/true", true, PROCESS_FATAL, 1);
        check("/no/such/program", false, PROCESS_FATAL, 127);
        check("no-such-program-in-path", false, PROCESS_FATAL, 127);
        check("/etc/passwd", false, PROCESS_FATAL, 126);
        check("/", false, PROCESS_FATAL, 126);
}

static void test_stopped(void)
{
        Case *one = case_new("/bin/sleep 1000");

        process_start(one->process);
        process_stop(one->process);
        fixture_run_until(one->fixture, one->process, PROCESS_STOPPED);
        settle(one);
        g_assert_cmpint(one->status, ==, NOT_YET);
        case_free(one);
}

/* An end that a restart follows is none, and neither is taking back that restart. */
static void test_restarted(void)
{
        Case *one = case_new("/bin/true");

        one->config->autorestart = AUTORESTART_TRUE;
        one->config->start_interval = 3600;
        process_start(one->process);
        fixture_run_until(one->fixture, one->process, PROCESS_EXITED);
        g_assert_true(process_restart_is_due(one->process));
        process_stop(one->process);
        g_assert_false(process_restart_is_due(one->process));
        settle(one);
        g_assert_cmpint(one->status, ==, NOT_YET);
        case_free(one);
}

static void test_not_essential(void)
{
        Case *one = case_new("/bin/true");

        one->config->exit_policy = EXIT_POLICY_NONE;
        process_start(one->process);
        fixture_run_until(one->fixture, one->process, PROCESS_EXITED);
        settle(one);
        g_assert_cmpint(one->status, ==, NOT_YET);
        case_free(one);
}

/* on_ended checks that it is called once. */
static void test_first_decides(void)
{
        Case *one = case_new("/bin/sh -c 'exit 3'");

        for (int i = 0; i < 2; i++) {
                process_start(one->process);
                fixture_run_until(one->fixture, one->process, PROCESS_EXITED);
                settle(one);
        }
        g_assert_cmpint(one->status, ==, 3);
        case_free(one);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/essential/exit-status", test_exit_status);
        g_test_add_func("/essential/fatal", test_fatal);
        g_test_add_func("/essential/stopped", test_stopped);
        g_test_add_func("/essential/restarted", test_restarted);
        g_test_add_func("/essential/not-essential", test_not_essential);
        g_test_add_func("/essential/first-decides", test_first_decides);
        return g_test_run();
}
