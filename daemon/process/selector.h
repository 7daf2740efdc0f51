/* Selector: the processes that a name stands for.
 *
 * Supervisor's names: "GROUP:PROCESS", "NAME" for the process NAME of the group NAME, "GROUP:*" or
 * "GROUP:" for a whole group, "all". */
#pragma once

#include <stdbool.h>

#include "daemon/process/manager.h"

/* Told of each match in start order. by_name: the process was named, not only its group. */
typedef void (*SelectorMatch)(Process *process, bool by_name, void *userdata);
/* Told when nothing matches; error is a bus error name; process is NULL when the group is unknown
 * and all of it was meant. */
typedef void (*SelectorMiss)(
                const char *group, const char *process, const char *error, void *userdata);

void selector_find(const Manager *manager, const char *name, SelectorMatch on_match,
                SelectorMiss on_miss, void *userdata);
