/* Background: how busvisord becomes a daemon of the classic kind, and its pid file.
 *
 * The process that was started stays until the daemon is ready or has failed, so that who started
 * it knows. */
#pragma once

#include <stdbool.h>

#include <glib.h>

/* In the new process returns true, with *ret_ready as the descriptor to tell through; the old one
 * never comes back from here. umask is set, stdin, stdout and stderr become /dev/null. */
bool background_enter(int umask_value, int *ret_ready, GError **error);
/* Lets the first process end with status 0. Does nothing with -1. */
void background_ready(int ready);

/* Decimal and a newline. */
bool pid_file_write(const char *path, GError **error);
