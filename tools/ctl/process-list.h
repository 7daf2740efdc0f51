/* Process list: what the daemon answers about its processes, and which of them a name means.
 *
 * Names are Supervisor's: NAME (a process of a group of that name), GROUP:PROCESS, GROUP:* or
 * GROUP:, and "all"; and patterns (name-pattern.h), where no process has that very name. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <glib.h>

#include "bus/state.h"
#include "tools/ctl/client.h"

typedef struct ProcessEntry {
        char *group;
        char *process;
        char *path; /* of its object */
        ProcessState state;
        pid_t pid;           /* 0 = none */
        uint64_t start_usec; /* CLOCK_REALTIME, 0 = never */
        uint64_t stop_usec;
        char *spawn_error; /* may be empty */
        int exit_code;     /* -1 = killed by a signal */
} ProcessEntry;

/* Strings are copied. For free, give the array process_entry_free. */
ProcessEntry *process_entry_new(const char *group, const char *process, ProcessState state);
void process_entry_free(void *entry);

/* All processes as ProcessEntry, in the daemon's order. NULL with an error of the FAILURE domain.
 */
GPtrArray *process_list_read(Client *client, GError **error);
/* Likewise, of what ListProcesses has answered. */
GPtrArray *process_list_from_reply(sd_bus_message *reply, GError **error);

/* Appends the entries that name means, borrowed from list. False when it means none. */
bool process_list_select(const GPtrArray *list, const char *name, GPtrArray *selection);
/* The same of whoever is named as the words of Supervisor have it, patterns left out. */
bool process_list_has(const GPtrArray *list, const char *name);
/* For a list of names, none = all. Names that mean nothing go to ret_unknown (borrowed); when "all"
 * is among the names, the others do not count. */
GPtrArray *process_list_select_all(
                const GPtrArray *list, char *const *names, GPtrArray *ret_unknown);

/* The words for the daemon, which knows no patterns: each pattern gives way to the full names of
 * what it means, and is put to ret_unknown (borrowed) when that is nothing. Caller frees with
 * g_strfreev. */
char **process_list_expand(const GPtrArray *list, char *const *names, GPtrArray *ret_unknown);

/* GROUP when name is GROUP:* or GROUP:, else NULL. Caller frees with g_free. */
char *process_name_group(const char *name);
/* How people see it: PROCESS when it is alone under its group's name, else GROUP:PROCESS. Caller
 * frees. */
char *process_display_name(const char *group, const char *process);
/* The text beside its state in a status list. Caller frees with g_free. */
char *process_entry_description(const ProcessEntry *entry, uint64_t now_usec);
