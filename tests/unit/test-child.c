/* Children: how their ends are reported, what the child side sets up, what failures are told. */

#include "daemon/process/child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "daemon/process/spawn.h"
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
        static char *environment[] = { (char *)"PATH=/usr/bin:/bin", NULL };

        return (ChildSetup){
                .file = "/bin/sh",
                .arguments = arguments,
                .environment = environment,
                .descriptors = { -1, -1, -1 },
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
        char *arguments[] = { (char *)"sh", (char *)"-c", (char *)script, NULL };
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
        char *directory[] = { (char *)"sh", (char *)"-c", (char *)"pwd; umask", NULL };
        char *limit[] = { (char *)"sh", (char *)"-c", (char *)"ulimit -n", NULL };
        char *group[] = { (char *)"sh", (char *)"-c",
                (char *)"set -- $(cat /proc/$$/stat); [ $1 = $5 ] && echo leads", NULL };
        char *open[] = { (char *)"sh", (char *)"-c", (char *)"exec ls /proc/self/fd", NULL };
        struct rlimit descriptors = { .rlim_cur = 77, .rlim_max = 77 };
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

/* Whatever the parent ignores or blocks, the child begins with the defaults and the mask that it is
 * given. */
static void test_signals(void)
{
        char *arguments[] = { (char *)"sh", (char *)"-c",
                (char *)"grep -E '^Sig(Ign|Blk)' /proc/self/status | tr -d '\\t\\n'", NULL };
        const char *const clean = "SigBlk:0000000000000000SigIgn:0000000000000000";
        sigset_t mask, blocked;
        ChildSetup setup;

        sigemptyset(&mask);
        sigemptyset(&blocked);
        sigaddset(&blocked, SIGTERM);
        sigprocmask(SIG_BLOCK, &blocked, NULL);
        signal(SIGPIPE, SIG_IGN);
        check_output(shell(arguments, &mask), clean);
        setup = shell(arguments, &mask);
        setup.default_signals = child_setup_find_default_signals();
        g_assert_false(setup.default_signals & UINT64_C(1) << (SIGPIPE - 1));
        g_assert_true(setup.default_signals & UINT64_C(1) << (SIGUSR1 - 1));
        check_output(setup, clean);
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
        char *arguments[] = { (char *)"tool", NULL };
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

/* What the kernel's reason alone would not tell. */
static void test_hints(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *file = g_build_filename(folder, "tool", NULL);
        char *arguments[] = { (char *)"tool", NULL };
        sigset_t mask;
        ChildSetup setup;
        int fd;

        sigemptyset(&mask);
        setup = shell(arguments, &mask);
        setup.file = file;
        g_assert_true(g_file_set_contents(file, "echo no first line\n", -1, NULL));
        check_failure(&setup, CHILD_STEP_EXEC, "couldn't exec tool: EACCES");
        g_assert_cmpint(chmod(file, 0755), ==, 0);
        check_failure(&setup, CHILD_STEP_EXEC,
                        "couldn't exec tool: ENOEXEC (neither a program for this "
                        "machine nor a script that begins with #!)");
        g_assert_true(g_file_set_contents(file, "#!/no/such/shell\n", -1, NULL));
        g_assert_cmpint(chmod(file, 0755), ==, 0);
        check_failure(&setup, CHILD_STEP_EXEC,
                        "couldn't exec tool: ENOENT (its interpreter is not there)");
        fd = open(file, O_WRONLY | O_CLOEXEC);
        check_failure(&setup, CHILD_STEP_EXEC, "couldn't exec tool: ETXTBSY");
        close(fd);
        setup.file = folder;
        check_failure(&setup, CHILD_STEP_EXEC, "couldn't exec tool: EACCES");
        fixture_folder_free(folder);
}

static void test_limits(void)
{
        char *arguments[] = { (char *)"tool", NULL };
        struct rlimit upside_down = { .rlim_cur = 2, .rlim_max = 1 };
        sigset_t mask;
        ChildSetup setup;

        sigemptyset(&mask);
        setup = shell(arguments, &mask);
        setup.descriptor_limit = &upside_down;
        check_failure(&setup, CHILD_STEP_LIMITS, "couldn't set RLIMIT_NOFILE: EINVAL");
        setup = shell(arguments, &mask);
        setup.parent_death_signal = 12345;
        check_failure(&setup, CHILD_STEP_DEATH_SIGNAL,
                        "couldn't set the parent death signal: EINVAL");
}

/* More supplementary groups than the kernel takes; who may set none at all is told so. */
static void test_user(void)
{
        char *arguments[] = { (char *)"tool", NULL };
        const size_t too_many = 100000;
        g_autofree gid_t *groups = g_new0(gid_t, too_many);
        sigset_t mask;
        ChildSetup setup;

        sigemptyset(&mask);
        setup = shell(arguments, &mask);
        setup.change_user = true;
        setup.uid = setup.gid = 65534;
        setup.groups = groups;
        setup.n_groups = too_many;
        check_failure(&setup, CHILD_STEP_USER,
                        geteuid() == 0 ? "couldn't setuid to 65534: EINVAL"
                                       : "couldn't setuid to 65534: EPERM");
}

/* What root may and the user of the program may not. */
static void test_other_user(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *denied =
                        g_strdup_printf("couldn't chdir to %s: EACCES (for user 65534)", folder);
        g_autofree char *tool = g_build_filename(folder, "tool", NULL);
        char *arguments[] = { (char *)"sh", (char *)"-c", (char *)"id -u", NULL };
        char *fallbacks[] = { (char *)"/no/such/sh", (char *)"/bin/sh", NULL };
        sigset_t mask;
        ChildSetup setup;

        sigemptyset(&mask);
        setup = shell(arguments, &mask);
        setup.change_user = true;
        setup.uid = setup.gid = 65534;
        if (geteuid() != 0) {
                g_test_skip("only root can be somebody else");
                fixture_folder_free(folder);
                return;
        }
        setup.directory = folder;
        check_failure(&setup, CHILD_STEP_DIRECTORY, denied);
        setup.directory = NULL;
        g_assert_true(g_file_set_contents(tool, "#!/bin/sh\n", -1, NULL));
        g_assert_cmpint(chmod(tool, 0755), ==, 0);
        setup.file = tool;
        check_failure(&setup, CHILD_STEP_EXEC, "couldn't exec sh: EACCES (for user 65534)");
        setup.fallbacks = fallbacks;
        check_output(setup, "65534");
        fixture_folder_free(folder);
}

static pid_t read_pid(int fd)
{
        char text[32];
        ssize_t n = read(fd, text, sizeof text - 1);

        g_assert_cmpint(n, >, 0);
        text[n] = '\0';
        return atoi(text);
}

/* The parent is a child of ours that makes one of its own and then dies. */
static void check_death_signal(const ChildSetup *setup)
{
        int ends[2];
        char byte;
        pid_t parent, pid;

        g_assert_cmpint(pipe2(ends, O_CLOEXEC), ==, 0);
        parent = fork();
        if (parent == 0) {
                ChildSetup own = *setup;
                Spawned spawned;
                ChildFailure failure;

                own.descriptors[1] = ends[1];
                if (spawn(&own, &spawned, &failure) < 0)
                        _exit(1);
                pause();
                _exit(0);
        }
        close(ends[1]);
        pid = read_pid(ends[0]);
        g_assert_cmpint(pid, >, 0);
        kill(parent, SIGKILL);
        g_assert_cmpint(waitpid(parent, NULL, 0), ==, parent);
        /* Its end of the pipe goes with it. */
        g_assert_cmpint(read(ends[0], &byte, 1), ==, 0);
        close(ends[0]);
}

static void test_death_signal(void)
{
        char *arguments[] = { (char *)"sh", (char *)"-c", (char *)"echo $$; exec sleep 1000",
                NULL };
        sigset_t mask;
        ChildSetup setup;

        sigemptyset(&mask);
        setup = shell(arguments, &mask);
        setup.parent_death_signal = SIGTERM;
        check_death_signal(&setup);
        if (geteuid() != 0)
                return;
        setup.change_user = true;
        setup.uid = setup.gid = 65534;
        check_death_signal(&setup);
}

/* The pid in the child's own environment, as socket activation wants it. */
static void test_pid_text(void)
{
        char *arguments[] = { (char *)"sh", (char *)"-c", (char *)"[ $MY_PID = $$ ] && echo same",
                NULL };
        char variable[] = "MY_PID=0000000000000000";
        char *environment[] = { variable, NULL };
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
        char *arguments[] = { (char *)"sh", (char *)"-c", (char *)"exec sleep 1000", NULL };
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
        g_test_add_func("/child/hints", test_hints);
        g_test_add_func("/child/limits", test_limits);
        g_test_add_func("/child/user", test_user);
        g_test_add_func("/child/other-user", test_other_user);
        g_test_add_func("/child/death-signal", test_death_signal);
        g_test_add_func("/child/pid-text", test_pid_text);
        g_test_add_func("/child/end", test_end);
        return g_test_run();
}
