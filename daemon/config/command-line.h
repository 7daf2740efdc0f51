/* Command line: a command string split into arguments as Supervisor splits it.
 *
 * Shell-like POSIX rules: quotes and backslashes; no comments, variables, globs or ~. */
#pragma once

#include <stdbool.h>

#include <glib.h>

/* On success a NULL-terminated vector with at least one element, to be freed with g_strfreev. The
 * error is what goes into spawn_error: "can't parse command '…': REASON" or "command is empty". */
bool command_line_split(const char *command, char ***ret_arguments, GError **error);
