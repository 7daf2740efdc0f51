/* busvisord knows the formats of files, so it does the work; the one that was installed with this
 * program is asked, not whichever comes first in PATH. */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "tools/ctl/command.h"
#include "tools/ctl/time-span.h"

static bool is_program(const char *path)
{
        return access(path, X_OK) == 0 && g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

/* Beside us, as in a build folder, or in the sbin to our bin. Caller frees with g_free. */
static char *find_busvisord(GError **error)
{
        g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
        g_autofree char *folder = g_path_get_dirname(self ? self : "/usr/bin/busvisorctl");
        g_autofree char *beside = g_build_filename(folder, "busvisord", NULL);
        g_autofree char *sbin = g_build_filename(folder, "..", "sbin", "busvisord", NULL);

        if (is_program(beside))
                return g_steal_pointer(&beside);
        if (is_program(sbin))
                return g_steal_pointer(&sbin);
        g_set_error(error, FAILURE, FAILURE_OTHER, "there is no busvisord, neither %s nor %s",
                        beside, sbin);
        return NULL;
}

/* False when the time is over. */
static bool wait_for_end(pid_t pid, uint64_t timeout_usec)
{
        autofd fd = -1;
        struct pollfd ended = { .events = POLLIN };
        const struct timespec limit = { (time_t)(timeout_usec / G_USEC_PER_SEC),
                (long)(timeout_usec % G_USEC_PER_SEC * 1000) };

        if (timeout_usec == TIME_SPAN_INFINITE)
                return true;
        ended.fd = fd = pidfd_open(pid, 0);
        return fd < 0 || ppoll(&ended, 1, &limit, NULL) != 0;
}

static ExitStatus run_convert(Context *context, char **arguments)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *program = find_busvisord(&error);
        const char *mode = context->output->json ? "--dump-config" : "--convert-config";
        int status = 0, r;
        pid_t pid;

        if (!program)
                return command_fail(error);
        fflush(stdout);
        r = posix_spawn(&pid, program, NULL, NULL,
                        (char *[]){ program, (char *)mode, "-c", arguments[0], NULL }, environ);
        if (r != 0) {
                g_set_error(&error, FAILURE, FAILURE_OTHER, "%s: %s", program, g_strerror(r));
                return command_fail(error);
        }
        if (!wait_for_end(pid, context->arguments->timeout_usec)) {
                g_set_error_literal(&error, FAILURE, FAILURE_TIMED_OUT,
                                "timed out: could not convert the file");
                kill(pid, SIGKILL);
        }
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
                continue;
        if (error)
                return command_fail(error);
        return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_STATUS_GENERIC;
}

const Command command_convert = {
        .name = "convert",
        .synopsis = "FILE",
        .summary = "Print a configuration file in INI as YAML",
        .details = "    The new file means the same in the same folder. Comments are lost.\n"
                   "    With --json: what comes of it, each option with its value. Needs no daemon.",
        .min_arguments = 1,
        .max_arguments = 1,
        .required = "a file",
        .missing_status = EXIT_STATUS_INVALID_ARGUMENTS,
        .without_daemon = true,
        .run = run_convert,
};
