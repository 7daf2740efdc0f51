/* busvisord knows the formats of files, so it does the work; the one that was installed with this
 * program is asked, not whichever comes first in PATH. */

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/ctl/command.h"

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

static ExitStatus run_convert(Context *context, char **arguments)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *program = find_busvisord(&error);
        int status = 0, r;
        pid_t pid;

        if (!program)
                return command_fail(error);
        fflush(stdout);
        r = posix_spawn(&pid, program, NULL, NULL,
                        (char *[]){ program, "--convert-config", "-c", arguments[0], NULL },
                        environ);
        if (r != 0) {
                g_set_error(&error, FAILURE, FAILURE_OTHER, "%s: %s", program, g_strerror(r));
                return command_fail(error);
        }
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
                continue;
        return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_STATUS_GENERIC;
}

const Command command_convert = {
        .name = "convert",
        .synopsis = "FILE",
        .summary = "Print a configuration file in INI as YAML",
        .details = "    The new file means the same in the same folder. Comments are lost.\n"
                   "    Needs no daemon.",
        .min_arguments = 1,
        .max_arguments = 1,
        .required = "a file",
        .missing_status = EXIT_STATUS_INVALID_ARGUMENTS,
        .without_daemon = true,
        .run = run_convert,
};
