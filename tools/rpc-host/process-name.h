/* Process name: how Supervisor names processes: "NAME", "GROUP:PROCESS", and "GROUP:*" or "GROUP:"
 * for all of a group. */
#pragma once

#include <stdbool.h>

#include <glib.h>

typedef struct ProcessName {
        char *group;
        char *process; /* NULL = the whole group */
} ProcessName;

/* Any text is a name; whether there is something of that name is another question. */
void process_name_parse(const char *text, ProcessName *ret);
void process_name_clear(ProcessName *name);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ProcessName, process_name_clear)

/* The object path of the process, or of the group; NULL where the name is too long for anything to
 * have it. Caller frees with g_free. */
char *process_name_path(const ProcessName *name);

/* "NAME" or "GROUP:PROCESS". Caller frees with g_free. */
char *process_name_of(const char *group, const char *process);
