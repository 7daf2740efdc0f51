/* /proc/PID/stat is read rather than "children" of the parents, which not every kernel has. A
 * process that comes or goes while the table is read is in it or not; the callers can live with
 * both. */

#include "daemon/process/process-table.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bus/cleanup.h"

/* As much as one process's line can be, and more than what is needed of it. */
#define STAT_BYTES 512

/* The name stands in parentheses and may contain anything, even ") S 1 ": it ends at the last one.
 */
static bool parse(char *text, ProcessEntry *ret)
{
        char *name = strchr(text, '('), *end = strrchr(text, ')');
        char state;

        if (!name || !end || end < name)
                return false;
        if (sscanf(end + 1, " %c %d %d", &state, &ret->parent, &ret->group) != 3)
                return false;
        if (state == 'Z' || state == 'X')
                return false;
        *end = '\0';
        g_strlcpy(ret->name, name + 1, sizeof ret->name);
        g_strcanon(ret->name,
                        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                        " !#$%&'()*+,-./:;<=>?@[]^_{|}~",
                        '?');
        return true;
}

static bool read_entry(int proc, const char *pid, ProcessEntry *ret)
{
        g_autofree char *path = g_strconcat(pid, "/stat", NULL);
        autofd fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
        char text[STAT_BYTES];
        ssize_t n;

        if (fd < 0)
                return false;
        n = read(fd, text, sizeof text - 1);
        if (n <= 0)
                return false;
        text[n] = '\0';
        ret->pid = atoi(pid);
        return parse(text, ret);
}

GArray *process_table_read(void)
{
        GArray *table = g_array_new(false, true, sizeof(ProcessEntry));
        DIR *proc = opendir("/proc");
        struct dirent *found;

        if (!proc)
                return table;
        while ((found = readdir(proc))) {
                ProcessEntry entry = {};

                if (g_ascii_isdigit(*found->d_name) &&
                                read_entry(dirfd(proc), found->d_name, &entry))
                        g_array_append_val(table, entry);
        }
        closedir(proc);
        return table;
}

GArray *process_table_in_group(const GArray *table, pid_t group)
{
        GArray *found = g_array_new(false, true, sizeof(ProcessEntry));

        for (guint i = 0; i < table->len; i++) {
                const ProcessEntry *entry = &g_array_index(table, ProcessEntry, i);

                if (entry->group == group)
                        g_array_append_val(found, *entry);
        }
        return found;
}

/* Each round finds one more generation, whatever the order of the table. */
GArray *process_table_below(const GArray *table, pid_t ancestor)
{
        g_autoptr(GHashTable) known = g_hash_table_new(NULL, NULL);
        GArray *found = g_array_new(false, true, sizeof(ProcessEntry));
        guint before;

        g_hash_table_add(known, GINT_TO_POINTER(ancestor));
        do {
                before = found->len;
                for (guint i = 0; i < table->len; i++) {
                        const ProcessEntry *entry = &g_array_index(table, ProcessEntry, i);

                        if (g_hash_table_contains(known, GINT_TO_POINTER(entry->parent)) &&
                                        g_hash_table_add(known, GINT_TO_POINTER(entry->pid)))
                                g_array_append_val(found, *entry);
                }
        } while (found->len > before);
        return found;
}

char *process_table_to_string(const GArray *table, guint max)
{
        GString *text = g_string_new(NULL);

        for (guint i = 0; i < MIN(table->len, max); i++) {
                const ProcessEntry *entry = &g_array_index(table, ProcessEntry, i);

                g_string_append_printf(text, "%s%ld (%s)", i > 0 ? ", " : "", (long)entry->pid,
                                entry->name);
        }
        if (table->len > max)
                g_string_append_printf(text, " and %u more", table->len - max);
        return g_string_free(text, false);
}
