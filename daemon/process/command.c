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
        g_strfreev(command->fallbacks);
        g_strfreev(command->arguments);
        g_free(command);
        return NULL;
}

/* Where a relative file will be when the program has its working folder. Caller frees. */
static char *seen_from_here(const ProcessConfig *config, const char *file)
{
        if (g_path_is_absolute(file) || !config->directory)
                return g_strdup(file);
        return g_build_filename(config->directory, file, NULL);
}

/* As far as we can tell without being the user that it will run as. */
static bool is_executable_file(const ProcessConfig *config, const char *file)
{
        g_autofree char *path = seen_from_here(config, file);
        bool is_other = process_config_changes_user(config);
        struct stat status;

        if (stat(path, &status) < 0)
                return is_other && errno == EACCES;
        return S_ISREG(status.st_mode) && (status.st_mode & 0111) != 0 &&
               (is_other || access(path, X_OK) == 0);
}

/* In the order of PATH. One is enough, unless it is for another user, who may not be allowed it. */
static GPtrArray *find_executables(const ProcessConfig *config, char *const *candidates)
{
        GPtrArray *found = g_ptr_array_new_with_free_func(g_free);

        for (; *candidates; candidates++) {
                if (!is_executable_file(config, *candidates))
                        continue;
                g_ptr_array_add(found, g_strdup(*candidates));
                if (!process_config_changes_user(config))
                        break;
        }
        return found;
}

/* So that the error can say what is wrong with it. */
static char *find_anything(const ProcessConfig *config, char *const *candidates)
{
        for (; *candidates; candidates++) {
                g_autofree char *path = seen_from_here(config, *candidates);

                if (g_file_test(path, G_FILE_TEST_EXISTS))
                        return g_strdup(*candidates);
        }
        return NULL;
}

/* False when nothing at all has that name. */
static bool find_in_path(
                const ProcessConfig *config, const char *name, const char *path, Command *command)
{
        g_auto(GStrv) candidates = g_strsplit(path, ":", -1);
        g_autoptr(GPtrArray) found = NULL;

        for (char **folder = candidates; *folder; folder++) {
                char *candidate = g_build_filename(**folder ? *folder : ".", name, NULL);

                g_free(*folder);
                *folder = candidate;
        }
        found = find_executables(config, candidates);
        if (found->len == 0)
                return (command->file = find_anything(config, candidates));
        command->file = g_ptr_array_steal_index(found, 0);
        if (found->len == 0)
                return true;
        g_ptr_array_add(found, NULL);
        command->fallbacks = (char **)g_ptr_array_free(g_steal_pointer(&found), false);
        return true;
}

static const char *search_path(const ProcessConfig *config)
{
        const char *path = g_hash_table_lookup(config->environment, "PATH");

        if (!path)
                path = g_getenv("PATH");
        return path ? path : DEFAULT_PATH;
}

static bool check_executable(
                const ProcessConfig *config, const char *file, const char *name, GError **error)
{
        g_autofree char *path = seen_from_here(config, file);
        bool is_other = process_config_changes_user(config);
        struct stat status;

        if (stat(path, &status) < 0) {
                if (is_other && errno == EACCES)
                        return true;
                g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_NOT_FOUND,
                                "can't find command '%s'", name);
        } else if (S_ISDIR(status.st_mode))
                g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_NOT_EXECUTABLE,
                                "command at '%s' is a directory", file);
        else if ((status.st_mode & 0111) == 0)
                g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_NOT_EXECUTABLE,
                                "command at '%s' is not executable", file);
        else if (!is_other && access(path, X_OK) < 0)
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
        if (strchr(name, '/'))
                command->file = g_strdup(name);
        else if (!find_in_path(config, name, search_path(config), command)) {
                g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_NOT_FOUND,
                                "can't find command '%s'", name);
                return false;
        }
        if (!check_executable(config, command->file, name, error))
                return false;
        *ret = g_steal_pointer(&command);
        return true;
}
