/* Process table: what /proc tells of the processes that live now.
 *
 * For what no system call answers: who is in a group, who lives below us. One look costs some
 * microseconds for each process of the machine. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include <glib.h>

typedef struct ProcessEntry {
        pid_t pid, parent, group;
        char name[16]; /* as the kernel cuts it; nothing in it that would break a line */
} ProcessEntry;

/* Of ProcessEntry; the dead that nobody has reaped are left out. Empty when there is no /proc.
 * Free with g_array_unref. */
GArray *process_table_read(void);
/* Those of a table that are in this process group. */
GArray *process_table_in_group(const GArray *table, pid_t group);
/* Those of a table that descend from this process. */
GArray *process_table_below(const GArray *table, pid_t ancestor);
/* "17 (sh), 18 (sleep) and 12 more", at most so many of them. Caller frees with g_free. */
char *process_table_to_string(const GArray *table, guint max);
