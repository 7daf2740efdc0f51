/* Each event is held against each pool's filter once, when it happens, and not whenever somebody
 * wants to know how many there are. */

#include "daemon/face/pool-board.h"

#include "bus/clock.h"
#include "daemon/event/backlog.h"
#include "daemon/event/reader.h"

typedef struct Entry {
        Group *pool; /* borrowed */
        PoolReport *report;
        Backlog *backlog; /* what the log has above the cursor for the pool */
} Entry;

struct PoolBoard {
        const Manager *manager; /* borrowed */
        GPtrArray *entries;     /* Entry */
        PoolBoardChanged changed;
        void *userdata; /* borrowed */
};

static void entry_free(gpointer data)
{
        Entry *entry = data;

        pool_report_free(entry->report);
        backlog_free(entry->backlog);
        g_free(entry);
}

PoolBoard *pool_board_new(const Manager *manager, PoolBoardChanged changed, void *userdata)
{
        PoolBoard *board = g_new0(PoolBoard, 1);

        board->manager = manager;
        board->changed = changed;
        board->userdata = userdata;
        board->entries = g_ptr_array_new_with_free_func(entry_free);
        return board;
}

PoolBoard *pool_board_free(PoolBoard *board)
{
        if (!board)
                return NULL;
        g_ptr_array_unref(board->entries);
        g_free(board);
        return NULL;
}

static Entry *find(const PoolBoard *board, const Group *pool)
{
        for (guint i = 0; i < board->entries->len; i++) {
                Entry *entry = board->entries->pdata[i];

                if (entry->pool == pool)
                        return entry;
        }
        g_assert_not_reached();
}

static const Cursor *cursor_of(const PoolBoard *board, const Group *pool)
{
        return cursors_find(manager_cursors(board->manager), group_config(pool)->name);
}

const PoolReport *pool_board_report(const PoolBoard *board, const Group *pool)
{
        return find(board, pool)->report;
}

uint64_t pool_board_lag_events(const PoolBoard *board, const Group *pool)
{
        const GArray *answered = cursor_of(board, pool)->answered;

        return backlog_count(find(board, pool)->backlog, (const uint64_t *)answered->data,
                        answered->len);
}

/* By the clock on the wall: the event may be older than the kernel that runs. */
uint64_t pool_board_lag_usec(const PoolBoard *board, const Group *pool)
{
        const EventFilter any = { .types = event_type_covers(EVENT_ANY) };
        const GArray *answered = cursor_of(board, pool)->answered;
        uint64_t serial = backlog_first(find(board, pool)->backlog,
                        (const uint64_t *)answered->data, answered->len);
        uint64_t now = clock_now_usec(CLOCK_REALTIME);
        const Event *event;

        if (serial == 0)
                return 0;
        event = event_log_find_after(manager_events(board->manager), serial - 1, &any);
        return event && event->realtime_usec < now ? now - event->realtime_usec : 0;
}

static Backlog *read_backlog(const PoolBoard *board, const Group *pool)
{
        const EventLog *log = manager_events(board->manager);
        const EventFilter *filter = &group_config(pool)->filter;
        g_autoptr(EventReader) reader =
                        event_reader_new(log, cursor_of(board, pool)->serial, filter);
        Backlog *backlog = backlog_new();
        const Event *event;

        while ((event = event_reader_next(reader)))
                backlog_add(backlog, event->serial);
        return backlog;
}

void pool_board_add(PoolBoard *board, Group *pool)
{
        Entry *entry = g_new(Entry, 1);

        *entry = (Entry){ pool, pool_report_new(), read_backlog(board, pool) };
        g_ptr_array_add(board->entries, entry);
}

void pool_board_remove(PoolBoard *board, const Group *pool)
{
        g_ptr_array_remove(board->entries, find(board, pool));
}

void pool_board_configure(PoolBoard *board, Group *pool)
{
        Entry *entry = find(board, pool);

        backlog_free(entry->backlog);
        entry->backlog = read_backlog(board, pool);
        board->changed(pool, board->userdata);
}

/* Nobody is there to report that it has got the next event, or not even those before it. */
static bool is_unheard(const Entry *entry)
{
        const PoolReport *report = entry->report;

        return !report->is_current ||
               backlog_count(entry->backlog, NULL, 0) > (uint64_t)report->queued + report->in_hand;
}

void pool_board_event(PoolBoard *board, const Event *event)
{
        uint64_t oldest = event_log_oldest(manager_events(board->manager));

        for (guint i = 0; i < board->entries->len; i++) {
                Entry *entry = board->entries->pdata[i];

                backlog_forget_up_to(entry->backlog, oldest - 1);
                if (!event_filter_passes(&group_config(entry->pool)->filter, event))
                        continue;
                if (is_unheard(entry))
                        board->changed(entry->pool, board->userdata);
                backlog_add(entry->backlog, event->serial);
        }
}

void pool_board_commit(PoolBoard *board, Group *pool, PoolReport *report)
{
        Entry *entry = find(board, pool);

        pool_report_succeed(report, entry->report);
        pool_report_free(entry->report);
        entry->report = report;
        backlog_forget_up_to(entry->backlog, cursor_of(board, pool)->serial);
        board->changed(pool, board->userdata);
}

void pool_board_host_gone(PoolBoard *board)
{
        for (guint i = 0; i < board->entries->len; i++) {
                Entry *entry = board->entries->pdata[i];

                pool_report_end(entry->report);
                board->changed(entry->pool, board->userdata);
        }
}
