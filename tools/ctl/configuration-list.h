/* Configuration list: the processes that the configuration file has now, running or not. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "tools/ctl/client.h"

typedef struct ConfigurationEntry {
        char *group, *process;
        bool in_use; /* there is a group of that name */
        bool autostart;
        int64_t group_priority, process_priority;
} ConfigurationEntry;

/* Names are copied. For free, give the array configuration_entry_free. */
ConfigurationEntry *configuration_entry_new(const ConfigurationEntry *entry);
void configuration_entry_free(void *entry);

/* An array of ConfigurationEntry, in the daemon's order: by the name of the process. */
GPtrArray *configuration_list_read(Client *client, GError **error);

/* "cat                              in use    auto      999:999". width is that of names, which is
 * Supervisor's unless a terminal is too narrow for that; terminal_width 0 = no terminal. Caller
 * frees with g_free. */
char *configuration_entry_line(const ConfigurationEntry *entry, unsigned width);
unsigned configuration_list_name_width(const GPtrArray *list, unsigned terminal_width);
/* An array of objects; likewise. */
char *configuration_list_to_json(const GPtrArray *list);
