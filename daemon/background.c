/* Supervisor's first process ends before the pid file is there; waiting for a byte through a pipe
 * mends that. */

#include "daemon/background.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/cleanup.h"

static bool system_error(GError **error, const char *what)
{
        int saved_errno = errno;

        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(saved_errno), "cannot %s: %s",
                        what, g_strerror(saved_errno));
        return false;
}

/* The end of the pipe without a byte is a daemon that did not get that far; its log says why. */
_Noreturn static void wait_for_daemon(int from)
{
        char byte;
        ssize_t n;

        do
                n = read(from, &byte, 1);
        while (n < 0 && errno == EINTR);
        if (n != 1)
                fprintf(stderr, "busvisord: the daemon ended at its start; see its log\n");
        _exit(n == 1 ? 0 : 1);
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

bool background_enter(int umask_value, int *ret_ready, GError **error)
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
                wait_for_daemon(ends[0]);
        }
        fd_close(ends[0]);
        if (!leave_terminal(error))
                return false;
        umask(umask_value);
        *ret_ready = fd_steal(&ready);
        return true;
}

void background_ready(int ready)
{
        if (ready < 0)
                return;
        (void)!write(ready, "", 1);
        fd_close(ready);
}

bool pid_file_write(const char *path, GError **error)
{
        autofd fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

        if (fd < 0 || dprintf(fd, "%ld\n", (long)getpid()) < 0)
                return system_error(error, "write the pid file");
        return true;
}
