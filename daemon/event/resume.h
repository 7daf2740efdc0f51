/* Resume: what becomes of the place in the event log that a listener pool had before, in the last
 * run of the daemon or before a restart: a durable pool goes on there, any other begins anew, and
 * what it did not get is counted in the log. */
#pragma once

#include <stdbool.h>

#include "daemon/config/config.h"
#include "daemon/event/cursor.h"

/* May it go on from this cursor? Moves the cursor over what the event log does not have any more,
 * with a warning; false, with a warning, when the log is not the one that the cursor is of. */
bool resume_cursor(Cursor *left, const EventLog *log, const char *pool);

/* Says how many events up to this serial the pool did not get, if there are any. */
void resume_tell_undelivered(
                const Cursor *left, uint64_t until, const EventLog *log, const GroupConfig *config);
