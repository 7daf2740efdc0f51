/* Checked before the fork, so that the commonest mistakes get a text of their own instead of an
 * exit status. The kernel still has the last word at exec. */

#include "daemon/process/command.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/config/command-line.h"

#define DEFAULT_PATH "/bin:/usr/bin:/usr/local/bin"

G_DEFINE_QUARK(busvisor - command - error - quark, command_error)

Command *command_free(Command *command)
{
        if (!command)
                return NULL;
        g_free(command->file);
        g_strfreev(command->arguments);
        g_free(command);
        return NULL;
}

static bool is_executable_file(const char *path)
{
        struct stat status;

        return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

/* The first executable of that name; else the first of that name at all, so that the error can say
 * what is wrong with it; else NULL. */
static char *find_in_path(const char *name, const char *path)
{
        g_auto(GStrv) folders = g_strsplit(path, ":", -1);
        g_autofree char *unusable = NULL;

        for (char **folder = folders; *folder; folder++) {
                g_autofree char *candidate = g_build_filename(**folder ? *folder : ".", name, NULL);

                if (is_executable_file(candidate))
                        return g_steal_pointer(&candidate);
                if (!unusable && g_file_test(candidate, G_FILE_TEST_EXISTS))
                        unusable = g_steal_pointer(&candidate);
        }
        return g_steal_pointer(&unusable);
}

static const char *search_path(const ProcessConfig *config)
{
        const char *path = g_hash_table_lookup(config->environment, "PATH");

        if (!path)
                path = g_getenv("PATH");
        return path ? path : DEFAULT_PATH;
}

static bool check_executable(const char *file, const char *name, GError **error)
{
        struct stat status;

        if (stat(file, &status) < 0)
                g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_NOT_FOUND,
                                "can't find command '%s'", name);
        else if (S_ISDIR(status.st_mode))
                g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_NOT_EXECUTABLE,
                                "command at '%s' is a directory", file);
        else if ((status.st_mode & 0111) == 0)
                g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_NOT_EXECUTABLE,
                                "command at '%s' is not executable", file);
        else if (access(file, X_OK) < 0)
                g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_NOT_EXECUTABLE,
                                "no permission to run command '%s'", file);
        else
                return true;
        return false;
}

static bool split(const ProcessConfig *config, char ***ret_arguments, GError **error)
{
        g_autoptr(GError) reason = NULL;

        if (config->command_list) {
                *ret_arguments = g_strdupv(config->command_list);
                return true;
        }
        if (command_line_split(config->command, ret_arguments, &reason))
                return true;
        g_set_error_literal(error, COMMAND_ERROR, COMMAND_ERROR_BAD, reason->message);
        return false;
}

bool command_find(const ProcessConfig *config, Command **ret, GError **error)
{
        g_autoptr(Command) command = g_new0(Command, 1);
        const char *name;

        if (!split(config, &command->arguments, error))
                return false;
        name = command->arguments[0];
        command->file = strchr(name, '/') ? g_strdup(name)
                                          : find_in_path(name, search_path(config));
        if (!command->file) {
                g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_NOT_FOUND,
                                "can't find command '%s'", name);
                return false;
        }
        if (!check_executable(command->file, name, error))
                return false;
        *ret = g_steal_pointer(&command);
        return true;
}
