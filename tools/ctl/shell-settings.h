/* Shell settings: prompt and history file of the interactive shell. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "tools/ctl/arguments.h"

typedef struct ShellSettings {
        char *prompt;       /* as it is shown, with the "> " at its end */
        char *history_file; /* NULL: there is no home to keep it in */
} ShellSettings;

/* prompt and history_file of [supervisorctl] where the command line names a configuration file, as
 * Supervisor has them; else the identifier given, or "supervisor", and a file in the user's state
 * folder. False with an error of the FAILURE domain when the file cannot be read. */
bool shell_settings_init(ShellSettings *settings, const Arguments *arguments, GError **error);
void shell_settings_clear(ShellSettings *settings);

/* %(here)s (the folder of the file), %(ENV_X)s and %(host_node_name)s worked out; all else stays as
 * it is. Caller frees with g_free. */
char *shell_settings_expand(const char *text, const char *here);
