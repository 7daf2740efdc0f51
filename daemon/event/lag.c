/* Each event is held against the filter once, when it happens, and not whenever somebody wants to
 * know how many there are. Those from before are in a backlog of their own, as serials only come
 * into one in ascending order. */

#include "daemon/event/lag.h"

#include "daemon/event/backlog.h"
#include "daemon/event/reader.h"

#define PORTION_BYTES  (512 * 1024)
#define PORTION_EVENTS 4096

struct Lag {
        const EventLog *log; /* borrowed */
        EventFilter filter;
        uint64_t cursor;
        Backlog *before, *since; /* up to the serial `until`, and from then on */
        uint64_t until;
        EventReader *reader; /* of those before; NULL = all are known */
};

Lag *lag_new(const EventLog *log, uint64_t cursor, const EventFilter *filter)
{
        Lag *lag = g_new0(Lag, 1);

        lag->log = log;
        event_filter_copy(&lag->filter, filter);
        lag->cursor = cursor;
        lag->before = backlog_new();
        lag->since = backlog_new();
        lag->until = event_log_next(log) - 1;
        if (cursor < lag->until)
                lag->reader = event_reader_new(log, cursor, &lag->filter);
        return lag;
}

Lag *lag_free(Lag *lag)
{
        if (!lag)
                return NULL;
        event_reader_free(lag->reader);
        backlog_free(lag->before);
        backlog_free(lag->since);
        event_filter_clear(&lag->filter);
        g_free(lag);
        return NULL;
}

const EventFilter *lag_filter(const Lag *lag)
{
        return &lag->filter;
}

uint64_t lag_count_all(const Lag *lag)
{
        return backlog_count(lag->before, NULL, 0) + backlog_count(lag->since, NULL, 0);
}

uint64_t lag_count(const Lag *lag, const Cursor *cursor)
{
        const uint64_t *answered = (const uint64_t *)cursor->answered->data;

        return backlog_count(lag->before, answered, cursor->answered->len) +
               backlog_count(lag->since, answered, cursor->answered->len);
}

uint64_t lag_first(const Lag *lag, const Cursor *cursor)
{
        const uint64_t *answered = (const uint64_t *)cursor->answered->data;
        uint64_t before = backlog_first(lag->before, answered, cursor->answered->len);

        return before > 0 ? before : backlog_first(lag->since, answered, cursor->answered->len);
}

bool lag_is_complete(const Lag *lag)
{
        return !lag->reader;
}

/* False when that was the last one. */
static bool read_one(Lag *lag)
{
        const Event *event = event_reader_next(lag->reader);

        if (!event || event->serial > lag->until)
                return event_reader_is_paused(lag->reader);
        if (event->serial > lag->cursor)
                backlog_add(lag->before, event->serial);
        return true;
}

void lag_read_on(Lag *lag)
{
        if (!lag->reader)
                return;
        event_reader_set_budget(lag->reader, PORTION_BYTES);
        for (int i = 0; i < PORTION_EVENTS && !event_reader_is_paused(lag->reader); i++)
                if (!read_one(lag)) {
                        lag->reader = event_reader_free(lag->reader);
                        return;
                }
}

static void forget_up_to(Lag *lag, uint64_t serial)
{
        backlog_forget_up_to(lag->before, serial);
        backlog_forget_up_to(lag->since, serial);
}

bool lag_event(Lag *lag, const Event *event)
{
        forget_up_to(lag, event_log_oldest(lag->log) - 1);
        if (!event_filter_passes(&lag->filter, event))
                return false;
        backlog_add(lag->since, event->serial);
        return true;
}

void lag_move(Lag *lag, uint64_t cursor)
{
        lag->cursor = cursor;
        forget_up_to(lag, cursor);
}
