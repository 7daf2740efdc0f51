/* Children: how their ends are reported, what the child side sets up, and what failures are told. */

#include "daemon/process/child.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "tests/unit/fixture.h"

typedef struct End {
        ChildExit how;
        bool exited;
} End;

static void on_exited(Child *child, const ChildExit *how, void *userdata)
{
        End *end = userdata;

        end->how = *how;
        end->exited = true;
}

static ChildSetup shell(char *const *arguments, const sigset_t *mask)
{
        static char *environment[] = {(char *)"PATH=/usr/bin:/bin", NULL};

        return (ChildSetup){
                .file = "/bin/sh",
                .arguments = arguments,
                .environment = environment,
                .descriptors = {-1, -1, -1},
                .extra_descriptor = -1,
                .umask = -1,
                .signal_mask = mask,
        };
}

static End run(const ChildSetup *setup)
{
        g_autoptr(sd_event) event = NULL;
        g_autoptr(Child) child = NULL;
        ChildFailure failure = {};
        End end = {};

        g_assert_cmpint(sd_event_new(&event), >=, 0);
        g_assert_cmpint(child_new(event, setup, on_exited, &end, &child, &failure), ==, 0);
        g_assert_cmpint(child_pid(child), >, 0);
        while (!end.exited)
                g_assert_cmpint(sd_event_run(event, 30000000), >, 0);
        return end;
}

static void check_end(const char *script, int code, int term_signal, const char *text)
{
        char *arguments[] = {(char *)"sh", (char *)"-c", (char *)script, NULL};
        sigset_t mask;
        ChildSetup setup = shell(arguments, &mask);
        g_autofree char *shown = NULL;
        End end;

        sigemptyset(&mask);
        end = run(&setup);
        g_assert_cmpint(end.how.code, ==, code);
        g_assert_cmpint(end.how.term_signal, ==, term_signal);
        shown = child_exit_to_string(&end.how);
        g_assert_cmpstr(shown, ==, text);
}

static void test_ends(void)
{
        check_end("exit 0", 0, 0, "exit status 0");
        check_end("exit 7", 7, 0, "exit status 7");
        check_end("kill -KILL $$", -1, SIGKILL, "terminated by SIGKILL");
        check_end("kill -TERM $$", -1, SIGTERM, "terminated by SIGTERM");
}

/* Runs a script with its stdout in a pipe; what it printed. */
static char *output_of(ChildSetup *setup)
{
        char buffer[4096];
        int ends[2];
        ssize_t n;

        g_assert_cmpint(pipe2(ends, O_CLOEXEC), ==, 0);
        setup->descriptors[1] = ends[1];
        g_assert_cmpint(run(setup).how.code, ==, 0);
        close(ends[1]);
        n = read(ends[0], buffer, sizeof buffer - 1);
        close(ends[0]);
        buffer[MAX(n, 0)] = '\0';
        return g_strdup(g_strstrip(buffer));
}

static void check_output(ChildSetup setup, const char *wanted)
{
        g_autofree char *output = output_of(&setup);

        g_assert_cmpstr(output, ==, wanted);
}

static void test_setup(void)
{
        char *directory[] = {(char *)"sh", (char *)"-c", (char *)"pwd; umask", NULL};
        char *limit[] = {(char *)"sh", (char *)"-c", (char *)"ulimit -n", NULL};
        char *group[] = {(char *)"sh", (char *)"-c",
                (char *)"set -- $(cat /proc/$$/stat); [ $1 = $5 ] && echo leads", NULL};
        char *open[] = {(char *)"sh", (char *)"-c", (char *)"exec ls /proc/self/fd", NULL};
        struct rlimit descriptors = {.rlim_cur = 77, .rlim_max = 77};
        sigset_t mask;
        ChildSetup setup;

        sigemptyset(&mask);
        setup = shell(directory, &mask);
        setup.directory = "/usr";
        setup.umask = 027;
        check_output(setup, "/usr\n0027");
        setup = shell(limit, &mask);
        setup.descriptor_limit = &descriptors;
        check_output(setup, "77");
        check_output(shell(group, &mask), "leads");
        /* ls itself opens the folder, as 3: so nothing of ours is there. */
        check_output(shell(open, &mask), "0\n1\n2\n3");
}

/* Whatever the parent ignores or blocks, the child begins with the defaults and the mask that it is given. */
static void test_signals(void)
{
        char *arguments[] = {(char *)"sh", (char *)"-c",
                (char *)"grep -E '^Sig(Ign|Blk)' /proc/self/status | tr -d '\\t\\n'", NULL};
        sigset_t mask, blocked;

        sigemptyset(&mask);
        sigemptyset(&blocked);
        sigaddset(&blocked, SIGTERM);
        sigprocmask(SIG_BLOCK, &blocked, NULL);
        signal(SIGPIPE, SIG_IGN);
        check_output(shell(arguments, &mask), "SigBlk:0000000000000000SigIgn:0000000000000000");
        signal(SIGPIPE, SIG_DFL);
        sigprocmask(SIG_UNBLOCK, &blocked, NULL);
}

static void check_failure(const ChildSetup *setup, ChildStep step, const char *text)
{
        g_autoptr(sd_event) event = NULL;
        g_autofree char *shown = NULL;
        Child *child = NULL;
        ChildFailure failure = {};

        g_assert_cmpint(sd_event_new(&event), >=, 0);
        g_assert_cmpint(child_new(event, setup, on_exited, NULL, &child, &failure), ==, -ECHILD);
        g_assert_null(child);
        g_assert_cmpint(failure.step, ==, step);
        shown = child_failure_to_string(&failure, setup);
        g_assert_cmpstr(shown, ==, text);
}

static void test_failures(void)
{
        char *arguments[] = {(char *)"tool", NULL};
        sigset_t mask;
        ChildSetup setup;

        sigemptyset(&mask);
        setup = shell(arguments, &mask);
        setup.file = "/no/such/tool";
        check_failure(&setup, CHILD_STEP_EXEC, "couldn't exec tool: ENOENT");
        setup = shell(arguments, &mask);
        setup.directory = "/no/such/folder";
        check_failure(&setup, CHILD_STEP_DIRECTORY, "couldn't chdir to /no/such/folder: ENOENT");
}

/* The pid in the child's own environment, as socket activation wants it. */
static void test_pid_text(void)
{
        char *arguments[] = {(char *)"sh", (char *)"-c", (char *)"[ $MY_PID = $$ ] && echo same", NULL};
        char variable[] = "MY_PID=0000000000000000";
        char *environment[] = {variable, NULL};
        sigset_t mask;
        ChildSetup setup;

        sigemptyset(&mask);
        setup = shell(arguments, &mask);
        setup.environment = environment;
        setup.pid_text = variable + strlen("MY_PID=");
        check_output(setup, "same");
}

static void test_end(void)
{
        char *arguments[] = {(char *)"sh", (char *)"-c", (char *)"exec sleep 1000", NULL};
        g_autoptr(sd_event) event = NULL;
        g_autoptr(Child) child = NULL;
        ChildFailure failure = {};
        sigset_t mask;
        ChildSetup setup;

        sigemptyset(&mask);
        setup = shell(arguments, &mask);
        g_assert_cmpint(sd_event_new(&event), >=, 0);
        g_assert_cmpint(child_new(event, &setup, on_exited, NULL, &child, &failure), ==, 0);
        child_end(child, 30000);
        g_assert_cmpint(kill(child_pid(child), 0), ==, -1);
        g_assert_cmpint(errno, ==, ESRCH);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/child/ends", test_ends);
        g_test_add_func("/child/setup", test_setup);
        g_test_add_func("/child/signals", test_signals);
        g_test_add_func("/child/failures", test_failures);
        g_test_add_func("/child/pid-text", test_pid_text);
        g_test_add_func("/child/end", test_end);
        return g_test_run();
}
