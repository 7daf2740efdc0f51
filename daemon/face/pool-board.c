/* What the log has from before a pool came is gone through one portion in each round of the loop,
 * whatever the number of pools. */

#include "daemon/face/pool-board.h"

#include "bus/clock.h"
#include "daemon/event/lag.h"

typedef struct Entry {
        Group *pool; /* borrowed */
        PoolReport *report;
        Lag *lag;
} Entry;

struct PoolBoard {
        sd_event *event;        /* borrowed */
        const Manager *manager; /* borrowed */
        GPtrArray *entries;     /* Entry */
        sd_event_source *turn;  /* enabled while the lag of a pool is not complete */
        PoolBoardChanged changed;
        void *userdata; /* borrowed */
};

static void entry_free(gpointer data)
{
        Entry *entry = data;

        pool_report_free(entry->report);
        lag_free(entry->lag);
        g_free(entry);
}

PoolBoard *pool_board_new(
                sd_event *event, const Manager *manager, PoolBoardChanged changed, void *userdata)
{
        PoolBoard *board = g_new0(PoolBoard, 1);

        board->event = event;
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
        sd_event_source_disable_unref(board->turn);
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
        return lag_count(find(board, pool)->lag, cursor_of(board, pool));
}

/* By the clock on the wall: the event may be older than the kernel that runs. */
uint64_t pool_board_lag_usec(const PoolBoard *board, const Group *pool)
{
        const EventFilter any = { .types = event_type_covers(EVENT_ANY) };
        uint64_t serial = lag_first(find(board, pool)->lag, cursor_of(board, pool));
        uint64_t now = clock_now_usec(CLOCK_REALTIME);
        const Event *event;

        if (serial == 0)
                return 0;
        event = event_log_find_after(manager_events(board->manager), serial - 1, &any);
        return event && event->realtime_usec < now ? now - event->realtime_usec : 0;
}

static Entry *find_incomplete(const PoolBoard *board)
{
        for (guint i = 0; i < board->entries->len; i++) {
                Entry *entry = board->entries->pdata[i];

                if (!lag_is_complete(entry->lag))
                        return entry;
        }
        return NULL;
}

static int on_turn(sd_event_source *source, void *userdata)
{
        PoolBoard *board = userdata;
        Entry *entry = find_incomplete(board);

        if (entry) {
                lag_read_on(entry->lag);
                board->changed(entry->pool, board->userdata);
        }
        if (!find_incomplete(board))
                board->turn = sd_event_source_disable_unref(board->turn);
        return 0;
}

/* The first portion comes at once: mostly there is no second one. */
static void begin_lag(PoolBoard *board, Entry *entry)
{
        int r = 0;

        entry->lag = lag_new(manager_events(board->manager), cursor_of(board, entry->pool)->serial,
                        &group_config(entry->pool)->filter);
        lag_read_on(entry->lag);
        if (lag_is_complete(entry->lag) || board->turn)
                return;
        r = sd_event_add_defer(board->event, &board->turn, on_turn, board);
        if (r >= 0)
                r = sd_event_source_set_enabled(board->turn, SD_EVENT_ON);
        g_assert(r >= 0);
}

void pool_board_add(PoolBoard *board, Group *pool)
{
        Entry *entry = g_new(Entry, 1);

        *entry = (Entry){ .pool = pool, .report = pool_report_new() };
        begin_lag(board, entry);
        g_ptr_array_add(board->entries, entry);
}

void pool_board_remove(PoolBoard *board, const Group *pool)
{
        g_ptr_array_remove(board->entries, find(board, pool));
}

void pool_board_configure(PoolBoard *board, Group *pool)
{
        Entry *entry = find(board, pool);

        if (event_filter_equal(lag_filter(entry->lag), &group_config(pool)->filter))
                return;
        lag_free(entry->lag);
        begin_lag(board, entry);
        board->changed(pool, board->userdata);
}

/* Nobody is there to report that it has got the event, or not even those before it. */
static bool is_unheard(const Entry *entry)
{
        const PoolReport *report = entry->report;

        return !report->is_current ||
               lag_count_all(entry->lag) > (uint64_t)report->queued + report->in_hand + 1;
}

void pool_board_event(PoolBoard *board, const Event *event)
{
        for (guint i = 0; i < board->entries->len; i++) {
                Entry *entry = board->entries->pdata[i];

                if (lag_event(entry->lag, event) && is_unheard(entry))
                        board->changed(entry->pool, board->userdata);
        }
}

void pool_board_commit(PoolBoard *board, Group *pool, PoolReport *report)
{
        Entry *entry = find(board, pool);

        pool_report_succeed(report, entry->report);
        pool_report_free(entry->report);
        entry->report = report;
        lag_move(entry->lag, cursor_of(board, pool)->serial);
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
