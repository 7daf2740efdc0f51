/* Instance folder: a folder that one instance at a time uses.
 *
 * BASE/IDENTIFIER, made with mode 0700 and locked; where another instance has that one,
 * IDENTIFIER.2 and so on. The lock is a descriptor: the folder is free when that is closed. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include <glib.h>

/* What an identifier is called as a folder, for g_free; false when it cannot be one. */
bool instance_folder_name(const char *identifier, char **ret, GError **error);

/* Makes the folder and locks the file of that name in it. -EBUSY when somebody else has it. */
int instance_folder_lock(const char *path, const char *lock, int *ret_fd);
/* Likewise the first of BASE/NAME, BASE/NAME.2, … that can be had. */
int instance_folder_claim(
                const char *base, const char *name, const char *lock, char **ret_path, int *ret_fd);
/* Lets who is in the group pass through a folder; nobody sees more in it than before. Negative
 * errno. */
int instance_folder_let_pass(const char *path, gid_t gid);
/* A path below the folder, for g_free; its parent folder is made. */
char *instance_folder_file(const char *path, const char *relative);
