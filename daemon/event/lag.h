/* Lag: how far a pool is behind: the events in the log that pass its filter and that it has not
 * dealt with.
 *
 * Follows the log as events happen and the cursor as it moves, so nothing is looked up when it is
 * asked for. What the log had before is gone through in portions, and counted as far as it has come
 * by then. */
#pragma once

#include <stdbool.h>

#include "daemon/event/cursor.h"

typedef struct Lag Lag;

/* Begins at a cursor. log is borrowed; copies the filter. */
Lag *lag_new(const EventLog *log, uint64_t cursor, const EventFilter *filter);
Lag *lag_free(Lag *lag);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lag, lag_free)

const EventFilter *lag_filter(const Lag *lag);
/* How many there are above the cursor, and how many without those that are answered. */
uint64_t lag_count_all(const Lag *lag);
uint64_t lag_count(const Lag *lag, const Cursor *cursor);
/* The oldest of those; 0 when there is none. */
uint64_t lag_first(const Lag *lag, const Cursor *cursor);

/* Is there more from before to be gone through? */
bool lag_is_complete(const Lag *lag);
/* A portion of that, which takes less than a millisecond. */
void lag_read_on(Lag *lag);
/* An event was appended to the log. True when it is one of them. */
bool lag_event(Lag *lag, const Event *event);
/* The cursor has moved. */
void lag_move(Lag *lag, uint64_t cursor);
