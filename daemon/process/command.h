/* Command: what starting a program would execute, found as Supervisor finds it.
 *
 * The texts of the errors are what goes into spawn_error. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "daemon/config/config.h"

typedef struct Command {
        char *file; /* to execute; with a slash in the command as written, else found in PATH */
        char **fallbacks; /* further ones in PATH, where only the user that the program runs as can
                             tell by trying; NULL = none */
        char **arguments; /* argv, the first as written */
} Command;

Command *command_free(Command *command);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Command, command_free)

#define COMMAND_ERROR (command_error_quark())
GQuark command_error_quark(void);

typedef enum CommandError {
        COMMAND_ERROR_BAD, /* cannot be split, or is empty */
        COMMAND_ERROR_NOT_FOUND,
        COMMAND_ERROR_NOT_EXECUTABLE, /* a directory, no x bit, or no permission */
} CommandError;

/* PATH is that of the process's configured environment, else the daemon's, else
 * /bin:/usr/bin:/usr/local/bin. In PATH, what cannot be executed is passed over. Relative files and
 * folders of PATH are looked for below `directory`, where the program starts. Whether another user
 * may execute what is there is not asked here: the kernel knows. */
bool command_find(const ProcessConfig *config, Command **ret, GError **error);
