/* Background: how busvisord becomes a daemon of the classic kind.
 *
 * The process that was started stays until the daemon is ready or has failed, so that who started
 * it knows: it says on stderr why the daemon ended, and exits as the daemon did. */
#pragma once

#include <signal.h>
#include <stdbool.h>

#include <glib.h>

/* In the new process returns true, with *ret_ready as the descriptor to tell through; the old one,
 * which gets back this mask of signals, never comes back from here. stdin, stdout and stderr become
 * /dev/null. */
bool background_enter(const sigset_t *mask, int *ret_ready, GError **error);
/* Lets the first process end with status 0. Both do nothing with -1. */
void background_ready(int ready);
/* Lets it say why, and exit as this process is about to. */
void background_failed(int ready, const char *reason);
