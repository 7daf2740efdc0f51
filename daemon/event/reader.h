/* Event reader: goes through an event log, over the files of the disk and the window in memory,
 * from a serial on.
 *
 * It may be kept between rounds of the loop, while events come and old files go. */
#pragma once

#include "daemon/event/log.h"

typedef struct EventReader EventReader;

/* All borrowed; the filter's lists, too. */
EventReader *event_reader_new(const EventLog *log, uint64_t after, const EventFilter *filter);
EventReader *event_reader_free(EventReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EventReader, event_reader_free)

/* So many bytes may be read from the disk until event_reader_next() pauses; 0 = any number. Begins
 * anew with each call, and ends a pause. */
void event_reader_set_budget(EventReader *reader, uint64_t bytes);
bool event_reader_is_paused(const EventReader *reader);
/* It ends where events are missing in the log, unless it has answered none so far. */
void event_reader_stop_at_gaps(EventReader *reader);
/* Serial of the oldest event kept; but where some of those that it has come to by now were missing,
 * that of the first behind them. */
uint64_t event_reader_oldest(const EventReader *reader);
/* All events up to this serial have been looked at. */
uint64_t event_reader_position(const EventReader *reader);

/* The next event that passes, borrowed until the next call or append; NULL when there is none, or
 * when it pauses. */
const Event *event_reader_next(EventReader *reader);
/* That one is not taken after all; there is no reading on after that. */
void event_reader_put_back(EventReader *reader);
