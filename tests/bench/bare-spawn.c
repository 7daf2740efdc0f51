/* Bare spawn: what it costs to start programs when nothing is supervised, the measure for
 * busvisord.
 *
 *   bare-spawn crowd COUNT PROGRAM ARGUMENT…              starts them, says "running", ends them
 * all on SIGTERM bare-spawn restart SECONDS COUNT PROGRAM ARGUMENT…    keeps so many under way,
 * each started again when it ends; says how many did per second, and the CPU time of each in us
 *
 * A start has what every supervisor needs and no more: a process without a copy of the parent's
 * memory, a pidfd, a process group, a pipe for stdin, /dev/null for the rest, the signal mask. */

#include <errno.h>
#include <error.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STACK_BYTES (16 * 1024)

typedef struct Program {
        pid_t pid;
        int pidfd, input;
} Program;

static int null_fd;
static char *const *arguments;
static sigset_t inherited_mask;

static int run_child(void *argument)
{
        const int *input = argument;

        setpgid(0, 0);
        dup2(*input, STDIN_FILENO);
        dup2(null_fd, STDOUT_FILENO);
        dup2(null_fd, STDERR_FILENO);
        sigprocmask(SIG_SETMASK, &inherited_mask, NULL);
        execv(arguments[0], arguments);
        _exit(127);
}

static Program spawn(void)
{
        static char stack[STACK_BYTES] __attribute__((aligned(16)));
        Program program = { .pidfd = -1 };
        int ends[2];

        if (pipe2(ends, O_CLOEXEC) < 0)
                error(EXIT_FAILURE, errno, "pipe");
        program.pid = clone(run_child, stack + sizeof stack,
                        CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &ends[0], &program.pidfd);
        if (program.pid < 0)
                error(EXIT_FAILURE, errno, "clone");
        close(ends[0]);
        program.input = ends[1];
        return program;
}

static Program *new_programs(int count)
{
        Program *programs = calloc(count, sizeof *programs);

        if (!programs)
                error(EXIT_FAILURE, errno, "calloc");
        return programs;
}

/* Answers the pid. */
static pid_t wait_for_one(void)
{
        pid_t pid = wait(NULL);

        if (pid < 0)
                error(EXIT_FAILURE, errno, "wait");
        return pid;
}

static void run_crowd(int count)
{
        Program *programs = new_programs(count);
        sigset_t end;
        int number;

        sigemptyset(&end);
        sigaddset(&end, SIGTERM);
        sigprocmask(SIG_BLOCK, &end, NULL);
        for (int i = 0; i < count; i++)
                programs[i] = spawn();
        puts("running");
        fflush(stdout);
        sigwait(&end, &number);
        for (int i = 0; i < count; i++)
                kill(programs[i].pid, SIGTERM);
        for (int i = 0; i < count; i++)
                (void)wait_for_one();
        free(programs);
}

static double now(void)
{
        struct timespec time;

        clock_gettime(CLOCK_MONOTONIC, &time);
        return time.tv_sec + time.tv_nsec / 1e9;
}

static double cpu_used(void)
{
        struct timespec time;

        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
        return time.tv_sec + time.tv_nsec / 1e9;
}

static Program *find(Program *programs, pid_t pid)
{
        while (programs->pid != pid)
                programs++;
        return programs;
}

static void run_restarts(double seconds, int count)
{
        Program *programs = new_programs(count);
        double begin = now(), end = begin;
        long ended = 0;

        for (int i = 0; i < count; i++)
                programs[i] = spawn();
        for (; end - begin < seconds; end = now(), ended++) {
                Program *program = find(programs, wait_for_one());

                close(program->pidfd);
                close(program->input);
                *program = spawn();
        }
        printf("%.1f %.1f\n", ended / (end - begin), cpu_used() * 1e6 / ended);
        for (int i = 0; i < count; i++)
                (void)wait_for_one();
        free(programs);
}

static void raise_descriptor_limit(void)
{
        struct rlimit limit;

        getrlimit(RLIMIT_NOFILE, &limit);
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char *argv[])
{
        null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
        sigprocmask(SIG_SETMASK, NULL, &inherited_mask);
        raise_descriptor_limit();
        if (argc > 3 && strcmp(argv[1], "crowd") == 0) {
                arguments = argv + 3;
                run_crowd(atoi(argv[2]));
        } else if (argc > 4 && strcmp(argv[1], "restart") == 0) {
                arguments = argv + 4;
                run_restarts(atof(argv[2]), atoi(argv[3]));
        } else
                error(EXIT_FAILURE, 0, "see the head of bare-spawn.c");
        return EXIT_SUCCESS;
}
