/* Each attempt is made by a process of its own that has entered the sandbox; how it ended is what
 * came of it. */

#include "tests/unit/sandbox-fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib.h>

#include "bus/sandbox.h"

static void (*enter)(void);

static int attempt_status(SandboxAttempt *attempt)
{
        pid_t pid = fork();
        int status;

        g_assert_cmpint(pid, >=, 0);
        if (pid == 0) {
                enter();
                _exit(attempt());
        }
        g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
        return status;
}

void sandbox_fixture_assert(SandboxAttempt *attempt, int expected)
{
        int status = attempt_status(attempt);

        g_assert_true(WIFEXITED(status));
        g_assert_cmpint(WEXITSTATUS(status), ==, expected);
}

static void assert_killed(SandboxAttempt *attempt)
{
        int status = attempt_status(attempt);

        g_assert_true(WIFSIGNALED(status));
        g_assert_cmpint(WTERMSIG(status), ==, SIGSYS);
}

static int result(long r)
{
        return r < 0 ? errno : 0;
}

static int read_file(void)
{
        return result(open("/etc/passwd", O_RDONLY));
}

static int write_file(void)
{
        return result(open("/tmp/busvisor-test-sandbox", O_WRONLY | O_CREAT, 0600));
}

static int remove_file(void)
{
        return result(unlink("/nowhere/at/all"));
}

static int start_process(void)
{
        pid_t pid = fork();

        if (pid == 0)
                _exit(0);
        return result(pid);
}

static int open_internet_socket(void)
{
        return result(socket(AF_INET, SOCK_STREAM, 0));
}

static int open_netlink_socket(void)
{
        return result(socket(AF_NETLINK, SOCK_RAW, 0));
}

static int signal_parent(void)
{
        return result(kill(getppid(), 0));
}

static int become_root(void)
{
        return result(setuid(0));
}

static int raise_limit(void)
{
        const struct rlimit limit = { 1, 1 };

        return result(setrlimit(RLIMIT_CORE, &limit));
}

static int map_code(void)
{
        void *memory = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        return memory == MAP_FAILED ? errno : 0;
}

static int make_code(void)
{
        void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        return memory == MAP_FAILED ? 1 : result(mprotect(memory, 4096, PROT_READ | PROT_EXEC));
}

static int execute(void)
{
        execl("/bin/true", "true", NULL);
        return errno;
}

static int trace_parent(void)
{
        return result(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
}

static int read_parent(void)
{
        char byte;
        struct iovec local = { &byte, 1 }, remote = { &byte, 1 };

        return result(process_vm_readv(getppid(), &local, 1, &remote, 1, 0));
}

static bool has_filter(void)
{
        return sandbox_has_filter() && prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0;
}

static void test_refused(void)
{
        static SandboxAttempt *const attempts[] = { read_file, write_file, remove_file,
                start_process, open_internet_socket, open_netlink_socket, signal_parent,
                become_root, raise_limit, map_code, make_code };

        if (!has_filter()) {
                g_test_skip("no list of system calls in this build, or none in this kernel");
                return;
        }
        for (size_t i = 0; i < G_N_ELEMENTS(attempts); i++)
                sandbox_fixture_assert(attempts[i], EPERM);
}

static void test_deadly(void)
{
        static SandboxAttempt *const attempts[] = { execute, trace_parent, read_parent };

        if (!has_filter()) {
                g_test_skip("no list of system calls in this build, or none in this kernel");
                return;
        }
        for (size_t i = 0; i < G_N_ELEMENTS(attempts); i++)
                assert_killed(attempts[i]);
}

/* The value behind name in a file of /proc/PID. Caller frees with g_free. */
static char *proc_value(pid_t pid, const char *file, const char *name)
{
        g_autofree char *path = g_strdup_printf("/proc/%d/%s", (int)pid, file);
        g_autofree char *text = NULL;
        const char *found;

        g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
        found = strstr(text, name);
        g_assert_nonnull(found);
        found += strlen(name);
        found += strspn(found, " \t");
        return g_strndup(found, strcspn(found, " \t\n"));
}

static void assert_proc(pid_t pid, const char *file, const char *name, const char *expected)
{
        g_autofree char *value = proc_value(pid, file, name);

        g_assert_cmpstr(value, ==, expected);
}

static void assert_given_up(pid_t pid)
{
        assert_proc(pid, "status", "NoNewPrivs:", "1");
        assert_proc(pid, "status", "CapEff:", "0000000000000000");
        assert_proc(pid, "status", "CapPrm:", "0000000000000000");
        assert_proc(pid, "status", "CapInh:", "0000000000000000");
        if (geteuid() == 0)
                assert_proc(pid, "status", "CapBnd:", "0000000000000000");
        assert_proc(pid, "status", "Seccomp:", sandbox_has_filter() ? "2" : "0");
        assert_proc(pid, "limits", "Max core file size", "0");
        assert_proc(pid, "limits", "Max locked memory", "0");
        assert_proc(pid, "limits", "Max msgqueue size", "0");
        if (sandbox_has_filter())
                assert_proc(pid, "limits", "Max processes", "0");
}

static void test_given_up(void)
{
        int inside[2], outside[2];
        char byte = 'x';
        pid_t pid;

        g_assert_cmpint(pipe(inside), ==, 0);
        g_assert_cmpint(pipe(outside), ==, 0);
        pid = fork();
        g_assert_cmpint(pid, >=, 0);
        if (pid == 0) {
                enter();
                close(outside[1]);
                _exit(write(inside[1], &byte, 1) == 1 && read(outside[0], &byte, 1) == 0 ? 0 : 1);
        }
        g_assert_cmpint(read(inside[0], &byte, 1), ==, 1);
        assert_given_up(pid);
        close(outside[1]);
        g_assert_cmpint(waitpid(pid, NULL, 0), ==, pid);
}

void sandbox_fixture_add(void (*enter_sandbox)(void))
{
        enter = enter_sandbox;
        g_test_add_func("/sandbox/refused", test_refused);
        g_test_add_func("/sandbox/deadly", test_deadly);
        g_test_add_func("/sandbox/given-up", test_given_up);
}
