/* Group: processes that are named, started and stopped together. Every program is in one. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "daemon/process/process.h"

typedef struct Group Group;

/* config and context are borrowed. */
Group *group_new(const GroupConfig *config, const ProcessContext *context);
Group *group_free(Group *group);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Group, group_free)

const GroupConfig *group_config(const Group *group);
/* Of Process, by (priority, name). Borrowed. */
const GPtrArray *group_processes(const Group *group);
/* NULL when there is none of that name. */
Process *group_find(const Group *group, const char *process_name);
/* Another configuration under the same name, borrowed. Of its processes only the order is taken
 * over. */
void group_set_config(Group *group, const GroupConfig *config);
/* Makes a process that is in the group's configuration; the order is to be put right by
 * group_set_config(). */
Process *group_add(Group *group, const ProcessConfig *config);
/* Frees it. */
void group_remove(Group *group, Process *process);
/* Nothing of it runs, is being started or is being stopped. */
bool group_is_stopped(const Group *group);
