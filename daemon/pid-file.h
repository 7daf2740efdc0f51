/* Pid file: where others find the process id of the daemon, in decimal and with a newline.
 *
 * Locked for as long as the daemon lives, so that a second instance leaves it alone, and taken away
 * at the end. One that was left behind is written over. */
#pragma once

#include <stdbool.h>

#include <glib.h>

typedef struct PidFile PidFile;

/* path is copied. The error says who has it, or why it cannot be written. */
bool pid_file_new(const char *path, PidFile **ret, GError **error);
/* Removes the file, unless it is another one by now, or none at all but /dev/null and the like. */
PidFile *pid_file_free(PidFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PidFile, pid_file_free)
