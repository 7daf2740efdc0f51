/* Jobs: when they are answered, and with what. */

#include "daemon/process/job.h"

#include "bus/error.h"
#include "tests/unit/fixture.h"

typedef struct Answer {
        bool done;
        char *error; /* NULL = it worked */
} Answer;

static void on_done(Process *process, const char *error, const char *message, void *userdata)
{
        Answer *answer = userdata;

        g_assert_false(answer->done);
        answer->done = true;
        answer->error = g_strdup(error);
        /* Every refusal comes with words. */
        g_assert_true(!error || *message);
}

static void run(const Fixture *fixture, Process *process, JobKind kind, bool wait,
                const char *error)
{
        Answer answer = {};

        job_run(process, kind, wait, ":1.5", on_done, &answer);
        if (!wait)
                g_assert_true(answer.done);
        fixture_run_until_set(fixture, &answer.done);
        g_assert_cmpstr(answer.error, ==, error);
        g_free(answer.error);
}

static Fixture *with_program(const char *command, int64_t startsecs)
{
        ProcessConfig *config = fixture_process_config("p", command);
        GroupConfig *group = fixture_group_config(GROUP_PROGRAM, "p", 999);

        config->startsecs = startsecs;
        config->startretries = 0;
        fixture_group_add(group, config);
        return fixture_new(group, NULL);
}

static void test_start_and_stop(void)
{
        Fixture *fixture = with_program("/bin/sleep 1000", 0);
        Process *process = fixture_process(fixture, "p", "p");

        run(fixture, process, JOB_STOP, true, BUS_ERROR_NOT_RUNNING);
        run(fixture, process, JOB_START, true, NULL);
        g_assert_cmpint(process_state(process), ==, PROCESS_RUNNING);
        run(fixture, process, JOB_START, true, BUS_ERROR_ALREADY_STARTED);
        run(fixture, process, JOB_STOP, true, NULL);
        g_assert_cmpint(process_state(process), ==, PROCESS_STOPPED);
        fixture_free(fixture);
}

/* As Supervisor has it: that the program is not there any more comes first. */
static void test_program_has_gone(void)
{
        Fixture *fixture = with_program("/bin/sleep 1000", 0);
        Process *process = fixture_process(fixture, "p", "p");
        ProcessConfig *lost = fixture_process_config("p", "/nonexistent/program");

        run(fixture, process, JOB_START, true, NULL);
        process_set_config(process, lost);
        run(fixture, process, JOB_START, true, BUS_ERROR_NO_FILE);
        g_assert_cmpint(process_state(process), ==, PROCESS_RUNNING);
        run(fixture, process, JOB_STOP, true, NULL);
        fixture_free(fixture);
        process_config_free(lost);
}

static void test_refused_commands(void)
{
        Fixture *missing = with_program("/no/such/file", 0);
        Fixture *folder = with_program("/tmp", 0);
        Process *process = fixture_process(missing, "p", "p");

        run(missing, process, JOB_START, true, BUS_ERROR_NO_FILE);
        /* Refused before anything happened: no event. */
        g_assert_cmpint(process_state(process), ==, PROCESS_STOPPED);
        run(folder, fixture_process(folder, "p", "p"), JOB_START, true, BUS_ERROR_NOT_EXECUTABLE);
        fixture_free(missing);
        fixture_free(folder);
}

static void test_too_quick(void)
{
        Fixture *fixture = with_program("/bin/true", 3600);

        run(fixture, fixture_process(fixture, "p", "p"), JOB_START, true, BUS_ERROR_SPAWN);
        fixture_free(fixture);
}

static void test_no_wait(void)
{
        Fixture *fixture = with_program("/bin/sleep 1000", 3600);
        Process *process = fixture_process(fixture, "p", "p");

        run(fixture, process, JOB_START, false, NULL);
        g_assert_cmpint(process_state(process), ==, PROCESS_STARTING);
        run(fixture, process, JOB_STOP, false, NULL);
        g_assert_cmpint(process_state(process), ==, PROCESS_STOPPING);
        /* A start while it is STOPPING waits for the end first. */
        run(fixture, process, JOB_START, false, NULL);
        fixture_run_until(fixture, process, PROCESS_STARTING);
        fixture_free(fixture);
}

static void test_restart(void)
{
        Fixture *fixture = with_program("/bin/sleep 1000", 0);
        Process *process = fixture_process(fixture, "p", "p");
        pid_t pid;

        run(fixture, process, JOB_RESTART, true, NULL);
        pid = process_pid(process);
        run(fixture, process, JOB_RESTART, true, NULL);
        g_assert_cmpint(process_state(process), ==, PROCESS_RUNNING);
        g_assert_cmpint(process_pid(process), !=, pid);
        run(fixture, process, JOB_RESTART, false, NULL);
        g_assert_cmpint(process_state(process), ==, PROCESS_STOPPING);
        fixture_run_until(fixture, process, PROCESS_RUNNING);
        fixture_free(fixture);
}

/* Each of several callers gets his answer, although the first one told starts the process again. */
static void test_several(void)
{
        Fixture *fixture = with_program("/bin/sleep 1000", 0);
        Process *process = fixture_process(fixture, "p", "p");
        Answer first = {}, second = {}, third = {};

        process_start(process);
        job_run(process, JOB_RESTART, true, NULL, on_done, &first);
        job_run(process, JOB_RESTART, true, NULL, on_done, &second);
        job_run(process, JOB_START, true, NULL, on_done, &third);
        fixture_run_until_set(fixture, &first.done);
        fixture_run_until_set(fixture, &second.done);
        fixture_run_until_set(fixture, &third.done);
        g_assert_null(first.error);
        g_assert_null(second.error);
        g_assert_null(third.error);
        g_assert_cmpuint(process_generation(process), ==, 2);
        process_signal(process, SIGKILL);
        fixture_free(fixture);
}

/* Who waits for a process that is taken away gets an answer all the same. */
static void test_gone(void)
{
        Fixture *fixture = with_program("/bin/sleep 1000", 3600);
        Answer answer = {};

        job_run(fixture_process(fixture, "p", "p"), JOB_START, true, NULL, on_done, &answer);
        g_assert_false(answer.done);
        process_signal(fixture_process(fixture, "p", "p"), SIGKILL);
        fixture_free(fixture);
        g_assert_true(answer.done);
        g_assert_cmpstr(answer.error, ==, BUS_ERROR_FAILED);
        g_free(answer.error);
}

/* STATE=NAME of each change since, "" for nobody. */
static char *who_asked(const Fixture *fixture, uint64_t after)
{
        GString *text = g_string_new(NULL);
        const Event *event;

        while ((event = event_log_find_after(fixture->events, after,
                                &(EventFilter){ .types = event_type_covers(
                                                                EVENT_PROCESS_STATE) }))) {
                g_string_append_printf(text, "%s=%s ",
                                process_state_to_string(event_process_state(event)),
                                event->asked_by ? event->asked_by : "");
                after = event->serial;
        }
        return g_string_free(text, false);
}

/* What the caller has brought about, and nothing else. */
static void test_asked_by(void)
{
        Fixture *fixture = with_program("/bin/sleep 1000", 0);
        Process *process = fixture_process(fixture, "p", "p");
        uint64_t after = event_log_next(fixture->events) - 1;
        g_autofree char *text = NULL;

        run(fixture, process, JOB_START, true, NULL);
        run(fixture, process, JOB_RESTART, true, NULL);
        process_signal(process, SIGKILL);
        fixture_run_until(fixture, process, PROCESS_EXITED);
        process_start(process);
        run(fixture, process, JOB_STOP, false, NULL);
        process_stop(process); /* comes too late to be the one */
        fixture_run_until(fixture, process, PROCESS_STOPPED);
        text = who_asked(fixture, after);
        g_assert_cmpstr(text, ==,
                        "STARTING=:1.5 RUNNING=:1.5 STOPPING=:1.5 STOPPED=:1.5 STARTING=:1.5 "
                        "RUNNING=:1.5 EXITED= STARTING= RUNNING= STOPPING=:1.5 STOPPED=:1.5 ");
        fixture_free(fixture);
}

static void test_asked_in_vain(void)
{
        Fixture *fixture = with_program("/bin/true", 3600);
        Process *process = fixture_process(fixture, "p", "p");
        uint64_t after = event_log_next(fixture->events) - 1;
        g_autofree char *text = NULL;

        run(fixture, process, JOB_START, true, BUS_ERROR_SPAWN);
        text = who_asked(fixture, after);
        g_assert_cmpstr(text, ==, "STARTING=:1.5 BACKOFF= FATAL= ");
        fixture_free(fixture);
}

static void test_applies(void)
{
        Fixture *fixture = with_program("/bin/sleep 1000", 0);
        Process *process = fixture_process(fixture, "p", "p");

        g_assert_true(job_applies(process, JOB_START));
        g_assert_false(job_applies(process, JOB_STOP));
        process_start(process);
        g_assert_false(job_applies(process, JOB_START));
        g_assert_true(job_applies(process, JOB_STOP));
        process_signal(process, SIGKILL);
        fixture_free(fixture);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/job/start-and-stop", test_start_and_stop);
        g_test_add_func("/job/program-has-gone", test_program_has_gone);
        g_test_add_func("/job/refused-commands", test_refused_commands);
        g_test_add_func("/job/too-quick", test_too_quick);
        g_test_add_func("/job/no-wait", test_no_wait);
        g_test_add_func("/job/restart", test_restart);
        g_test_add_func("/job/several", test_several);
        g_test_add_func("/job/gone", test_gone);
        g_test_add_func("/job/asked-by", test_asked_by);
        g_test_add_func("/job/asked-in-vain", test_asked_in_vain);
        g_test_add_func("/job/applies", test_applies);
        return g_test_run();
}
