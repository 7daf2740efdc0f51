/* State folder: where this instance keeps what outlasts it: the event log, and below it what
 * belongs to its listener pools.
 *
 * The folder that event_log= names, else BASE/IDENTIFIER, BASE being $STATE_DIRECTORY, else
 * /var/lib/busvisor for root, else $XDG_STATE_HOME/busvisor or ~/.local/state/busvisor. Made with
 * mode 0700 and locked. A second instance of the same identifier gets IDENTIFIER.2 and so on, but
 * an error where the folder was asked for by event_log= or $STATE_DIRECTORY.
 *
 * A folder that cannot be made is no error: its path is known, and it may work later. */
#pragma once

#include <stdbool.h>

#include <glib.h>

typedef struct StateFolder StateFolder;

/* asked: an absolute path, or NULL. */
bool state_folder_new(const char *asked, const char *identifier, StateFolder **ret, GError **error);
/* Leaves everything in it. */
StateFolder *state_folder_free(StateFolder *folder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StateFolder, state_folder_free)

const char *state_folder_path(const StateFolder *folder);
/* A path below it, to be freed with g_free; its parent folder is made. */
char *state_folder_file(const StateFolder *folder, const char *relative);

/* Makes and locks it where that could not be done before, or where it has vanished since. Nothing
 * is to be written into it before this has worked. Negative errno; -EBUSY when another instance has
 * it.
 */
int state_folder_ensure(StateFolder *folder);
