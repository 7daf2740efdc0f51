/* Group change: asks the daemon for something with one group after the other, and tells how it
 * went.
 */
#pragma once

#include "tools/ctl/command.h"

typedef struct GroupChange {
        const char *word;   /* "add" */
        const char *method; /* of org.busvisor1.Manager */
        const char *action; /* for errors: "add the group" */
        const char *done;   /* "added process group" */
        const char *result; /* "added" */
        bool is_new;        /* about groups that are configured only; else about those in use */
} GroupChange;

/* names: NULL-terminated. What goes wrong is told in Supervisor's words, and the others go on. */
ExitStatus group_change_run(Context *context, const GroupChange *change, char *const *names);
