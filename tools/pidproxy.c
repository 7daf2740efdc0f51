/* pidproxy PIDFILE COMMAND [ARGUMENT...]: runs a command that goes into the background by itself or
 * starts its service as another process, and passes the signals that it gets on to the process
 * whose id is in the file. As Supervisor's program of that name it ends when the command ends, and
 * after TERM, INT and QUIT; unlike that one it ends with the command's exit status. */

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

static const int passed_on[] = { SIGTERM, SIGHUP, SIGINT, SIGUSR1, SIGUSR2, SIGQUIT };

static sigset_t awaited_signals(void)
{
        sigset_t all;

        sigemptyset(&all);
        for (size_t i = 0; i < sizeof passed_on / sizeof *passed_on; i++)
                sigaddset(&all, passed_on[i]);
        sigaddset(&all, SIGCHLD);
        return all;
}

/* In the working folder, as with Supervisor, or else where a shell would find it. It gets the
 * signals as we found them. */
static int start(char **command, const sigset_t *mask, pid_t *ret_pid)
{
        posix_spawnattr_t attributes;
        int r;

        posix_spawnattr_init(&attributes);
        posix_spawnattr_setsigmask(&attributes, mask);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
        r = posix_spawn(ret_pid, command[0], NULL, &attributes, command, environ);
        if (r != 0)
                r = posix_spawnp(ret_pid, command[0], NULL, &attributes, command, environ);
        posix_spawnattr_destroy(&attributes);
        return r;
}

/* False when there is no file to tell to whom. */
static bool pass_on(const char *pid_file, int signal_number)
{
        FILE *stream = fopen(pid_file, "re");
        long pid = 0;
        bool is_read;

        /* Anything but one process would be the wrong one to signal. */
        is_read = stream && fscanf(stream, "%ld", &pid) == 1 && pid > 1;
        if (stream)
                fclose(stream);
        if (!is_read) {
                printf("Can't read child pidfile %s!\n", pid_file);
                fflush(stdout);
                return false;
        }
        if (kill((pid_t)pid, signal_number) < 0)
                fprintf(stderr, "pidproxy: cannot signal process %ld: %s\n", pid, strerror(errno));
        return true;
}

/* True when it has ended; *ret_status is its exit status, as a shell tells it. */
static bool has_ended(pid_t command, int *ret_status)
{
        int status;
        pid_t pid;

        while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
                if (pid == command) {
                        *ret_status = WIFEXITED(status) ? WEXITSTATUS(status)
                                                        : 128 + WTERMSIG(status);
                        return true;
                }
        return false;
}

static int serve(const char *pid_file, pid_t command)
{
        const sigset_t awaited = awaited_signals();
        int status;

        while (!has_ended(command, &status)) {
                int number = sigwaitinfo(&awaited, NULL);

                if (number <= 0 || number == SIGCHLD)
                        continue;
                if (pass_on(pid_file, number) &&
                                (number == SIGTERM || number == SIGINT || number == SIGQUIT))
                        return EXIT_SUCCESS;
        }
        return status;
}

int main(int argc, char **argv)
{
        const sigset_t awaited = awaited_signals();
        sigset_t before;
        pid_t command;
        int r;

        if (argc < 3) {
                fprintf(stderr, "Usage: pidproxy PIDFILE COMMAND [ARGUMENT...]\n");
                return 1;
        }
        sigprocmask(SIG_BLOCK, &awaited, &before);
        r = start(argv + 2, &before, &command);
        if (r != 0) {
                fprintf(stderr, "pidproxy: cannot run %s: %s\n", argv[2], strerror(r));
                return r == ENOENT ? 127 : 126;
        }
        return serve(argv[1], command);
}
