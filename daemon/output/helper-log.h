/* Helper log: what a helper process writes to stderr, line by line into the main log.
 *
 * A line may begin with one of the main log's level tags ("WARN text"), and is then logged at that
 * level; else at the level given here. Lines over 4096 bytes are cut into pieces. */
#pragma once

#include <glib.h>
#include <systemd/sd-event.h>

#include "daemon/output/main-log.h"

typedef struct HelperLog HelperLog;

/* Takes over fd, the reading end of a pipe, non-blocking. name stands before each line. Negative
 * errno; then fd is still the caller's. */
int helper_log_new(sd_event *event, int fd, const char *name, LogLevel level, HelperLog **ret);
/* Likewise, of a pipe that is made here. The end for the helper, which is the caller's; -1, for
 * /dev/null, when there are no descriptors left. */
int helper_log_open(sd_event *event, const char *name, LogLevel level, HelperLog **ret);
HelperLog *helper_log_free(HelperLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HelperLog, helper_log_free)
