/* Process log: the path of one log of a process, and the setting that it was made from.
 *
 * An AUTO log keeps its path as long as the setting stays AUTO; one that could not be made is tried
 * again whenever it is settled. */
#pragma once

#include "daemon/process/context.h"

/* All zeros at first: no log. */
typedef struct ProcessLog {
        char *setting, *path; /* NULL = none */
} ProcessLog;

/* setting: a path, "AUTO" (the file is made) or NULL for none; channel_name: "stdout" or "stderr".
 */
void process_log_settle(ProcessLog *log, const ProcessContext *context, const ProcessConfig *config,
                const char *setting, const char *channel_name);
/* Frees what is in it; the file stays. */
void process_log_clear(ProcessLog *log);
