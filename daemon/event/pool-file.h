/* Pool file: the records of one listener pool on the disk.
 *
 * It is appended to, and now and then written anew as a whole; whenever the daemon or the machine
 * dies, what is read afterwards is how it was then or a little earlier. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "daemon/event/pool-record.h"

typedef struct PoolFile PoolFile;

/* In this folder, which need not be there yet. Touches nothing. */
PoolFile *pool_file_new(const char *folder, const char *pool);
PoolFile *pool_file_free(PoolFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PoolFile, pool_file_free)

const char *pool_file_path(const PoolFile *file);

/* What is on the disk; *ret is NULL when there is nothing. A file with damage in it, of another
 * pool or of a later version is set aside under another name, with a warning in the log; what comes
 * before the damage counts. */
int pool_file_read(PoolFile *file, PoolImage **ret);
/* In place of all that was there. sync: it is on the disk when this returns. */
int pool_file_write(PoolFile *file, const GByteArray *records, bool sync);
/* On failure the file has to be written anew; -ESTALE when that is so anyway, or when somebody
 * removed it. */
int pool_file_append(PoolFile *file, const GByteArray *records, bool sync);
/* So much was appended that it would be shorter if it were written anew. */
bool pool_file_is_grown(const PoolFile *file);

/* Those of a folder: of each file the name and the time of its last change. */
typedef struct PoolFileEntry {
        char *path;
        uint64_t changed_usec; /* CLOCK_REALTIME */
} PoolFileEntry;

/* Of PoolFileEntry, those set aside and those left half-made included. Never NULL. */
GPtrArray *pool_file_list(const char *folder);
