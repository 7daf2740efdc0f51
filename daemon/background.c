/* Supervisor's first process ends before the pid file is there; waiting for a word through a pipe
 * mends that. */

#include "daemon/background.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bus/cleanup.h"

#define READY      '\0' /* no reason begins with it */
#define MAX_REASON 4096

static bool system_error(GError **error, const char *what)
{
        int saved_errno = errno;

        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(saved_errno), "cannot %s: %s",
                        what, g_strerror(saved_errno));
        return false;
}

/* What the daemon says: READY, or why it ends; nothing when it ended without a word. */
static size_t read_word(int from, char *word, size_t size)
{
        size_t length = 0;
        ssize_t n;

        do {
                n = read(from, word + length, size - length);
                if (n > 0)
                        length += n;
        } while ((n > 0 && word[0] != READY && length < size) || (n < 0 && errno == EINTR));
        return length;
}

static int wait_for_status(pid_t daemon)
{
        int status;

        while (waitpid(daemon, &status, 0) < 0)
                if (errno != EINTR)
                        return EXIT_FAILURE;
        return WIFEXITED(status) && WEXITSTATUS(status) != 0 ? WEXITSTATUS(status) : EXIT_FAILURE;
}

_Noreturn static void wait_for_daemon(pid_t daemon, int from)
{
        char word[MAX_REASON + 1];
        size_t length = read_word(from, word, MAX_REASON);

        if (length > 0 && word[0] == READY)
                _exit(EXIT_SUCCESS);
        word[length] = '\0';
        fprintf(stderr, "%s\n",
                        length > 0 ? word
                                   : "busvisord: the daemon ended at its start; see its log");
        _exit(wait_for_status(daemon));
}

static bool leave_terminal(GError **error)
{
        autofd null = open("/dev/null", O_RDWR | O_CLOEXEC);

        if (null < 0)
                return system_error(error, "open /dev/null");
        for (int fd = 0; fd <= 2; fd++)
                if (dup2(null, fd) < 0)
                        return system_error(error, "redirect to /dev/null");
        if (setsid() < 0)
                return system_error(error, "make a session");
        return true;
}

bool background_enter(const sigset_t *mask, int *ret_ready, GError **error)
{
        autofd ready = -1;
        int ends[2];
        pid_t pid;

        if (pipe2(ends, O_CLOEXEC) < 0)
                return system_error(error, "make a pipe");
        ready = ends[1];
        pid = fork();
        if (pid < 0) {
                fd_close(ends[0]);
                return system_error(error, "fork");
        }
        if (pid > 0) {
                fd_close(fd_steal(&ready));
                (void)sigprocmask(SIG_SETMASK, mask, NULL);
                wait_for_daemon(pid, ends[0]);
        }
        fd_close(ends[0]);
        if (!leave_terminal(error))
                return false;
        *ret_ready = fd_steal(&ready);
        return true;
}

static void say(int ready, const char *word, size_t length)
{
        if (ready < 0)
                return;
        (void)!write(ready, word, MIN(length, MAX_REASON));
        fd_close(ready);
}

void background_ready(int ready)
{
        const char word = READY;

        say(ready, &word, 1);
}

void background_failed(int ready, const char *reason)
{
        say(ready, reason, strlen(reason));
}
