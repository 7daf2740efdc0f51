/* Runtime folder: what this instance has as long as it runs, the socket of its private bus first of
 * all. State folder is for what outlasts it.
 *
 * BASE/IDENTIFIER, made with mode 0700, which becomes 0710 where the hosts are another user, and
 * locked. BASE is $RUNTIME_DIRECTORY, else /run/busvisor for root, else $XDG_RUNTIME_DIR/busvisor,
 * else a fresh folder below the temporary one. A second instance of the same identifier gets
 * IDENTIFIER.2 and so on, but an error where $RUNTIME_DIRECTORY asked for the folder. */
#pragma once

#include <stdbool.h>

#include <glib.h>

typedef struct RuntimeFolder RuntimeFolder;

bool runtime_folder_new(const char *identifier, RuntimeFolder **ret, GError **error);
/* Removes what busvisord made in it, and the folder where it is fresh. */
RuntimeFolder *runtime_folder_free(RuntimeFolder *folder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RuntimeFolder, runtime_folder_free)

const char *runtime_folder_path(const RuntimeFolder *folder);
/* A path below it, to be freed with g_free; its parent folder is made. */
char *runtime_folder_file(const RuntimeFolder *folder, const char *relative);
/* Likewise; programs of all users can get to it, though they see nothing else there. */
char *runtime_folder_open_file(const RuntimeFolder *folder, const char *relative);
