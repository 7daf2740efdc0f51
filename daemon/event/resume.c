/* Serials go on over the runs of the daemon, so a cursor of an earlier run means the same events,
 * unless somebody has removed the event log or put another one in its place. */

#include "daemon/event/resume.h"

#include <inttypes.h>

#include "daemon/event/reader.h"
#include "daemon/output/main-log.h"

/* Counting goes no further, and reads no more than that; it is done while everything waits. */
#define MAX_COUNT      1000000
#define MAX_READ_BYTES (64 * 1024 * 1024)

bool resume_cursor(Cursor *left, const EventLog *log, const char *pool)
{
        uint64_t oldest = event_log_oldest(log), n;

        if (left->serial >= event_log_next(log)) {
                log_warn("pool %s was at event %" PRIu64
                         ", which is beyond the end of the event log; "
                         "it begins anew",
                                pool, left->serial);
                return false;
        }
        if (oldest <= left->serial + 1)
                return true;
        n = cursor_skip(left, oldest - 1);
        if (n > 0)
                log_warn("pool %s: up to %" PRIu64 " events that it did not get are lost, as the "
                         "event log begins with %" PRIu64,
                                pool, n, oldest);
        return true;
}

static unsigned count(const Cursor *left, uint64_t until, const EventLog *log,
                const EventFilter *filter, bool *ret_is_more)
{
        g_autoptr(EventReader) reader = event_reader_new(log, left->serial, filter);
        const Event *event;
        unsigned n = 0;

        event_reader_set_budget(reader, MAX_READ_BYTES);
        while (n < MAX_COUNT && (event = event_reader_next(reader)) && event->serial <= until)
                n += !cursor_has_answered(left, event->serial);
        *ret_is_more = n == MAX_COUNT || event_reader_is_paused(reader);
        return n;
}

void resume_tell_undelivered(
                const Cursor *left, uint64_t until, const EventLog *log, const GroupConfig *config)
{
        bool is_more;
        unsigned n;

        if (left->serial >= event_log_next(log))
                return;
        n = count(left, until, log, &config->filter, &is_more);
        if (n > 0 || is_more)
                log_info("pool %s begins anew; %s%u event%s before that %s not delivered to it, and "
                         "stay%s in the event log",
                                config->name, is_more ? "more than " : "", n, n == 1 ? "" : "s",
                                n == 1 ? "was" : "were", n == 1 ? "s" : "");
}
