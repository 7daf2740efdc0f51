/* Most watchers have seen the same, so one message serves them all. A comment now and then shows
 * whether anybody is still there, to proxies in between too. */

#include "tools/rpc-host/watchers.h"

#include <string.h>
#include <time.h>

#include "bus/clock.h"
#include "tools/rpc-host/board-reader.h"
#include "tools/rpc-host/board.h"

#define PAUSE_USEC (250 * 1000)
#define ALIVE_USEC (15 * 1000 * 1000)

/* A browser asks again after so many milliseconds when the stream breaks. */
#define GREETING "retry: 2000\n\n"
#define COMMENT  ":\n\n"

struct Watchers {
        sd_event *event;
        Board *board;
        BoardReader *reader;
        GPtrArray *list; /* of Watcher, borrowed */
        sd_event_source *send;
        sd_event_source *keep_alive;
        uint64_t sent_usec; /* CLOCK_MONOTONIC, of the last round */
        /* The last message, and for whom it is. */
        GBytes *message;
        uint64_t message_since, message_revision;
};

struct Watcher {
        Watchers *watchers; /* borrowed */
        WatcherReady on_ready;
        void *userdata;
        GBytes *message; /* in hand; NULL = none */
        size_t offset;   /* what he has of it */
        uint64_t seen;   /* revision of the board */
        bool is_waiting; /* has read, and found nothing */
};

static void arm_send(Watchers *watchers)
{
        uint64_t due = watchers->sent_usec + PAUSE_USEC;
        int enabled;

        if (sd_event_source_get_enabled(watchers->send, &enabled) > 0)
                return;
        sd_event_source_set_time(watchers->send, due);
        sd_event_source_set_enabled(watchers->send, SD_EVENT_ONESHOT);
}

static void on_changed(void *userdata)
{
        Watchers *watchers = userdata;

        if (watchers->list->len > 0)
                arm_send(watchers);
}

/* What is new since then; NULL = nothing. Borrowed. */
static GBytes *message_since(Watchers *watchers, uint64_t since)
{
        uint64_t revision = board_revision(watchers->board);

        if (watchers->message && watchers->message_since == since &&
                        watchers->message_revision == revision)
                return watchers->message;
        g_clear_pointer(&watchers->message, g_bytes_unref);
        watchers->message = board_message(watchers->board, since, clock_now_usec(CLOCK_REALTIME));
        watchers->message_since = since;
        watchers->message_revision = revision;
        return watchers->message;
}

static void give(Watcher *watcher, GBytes *message)
{
        watcher->message = g_bytes_ref(message);
        watcher->offset = 0;
        if (!watcher->is_waiting)
                return;
        watcher->is_waiting = false;
        watcher->on_ready(watcher->userdata);
}

static int on_send(sd_event_source *source, uint64_t usec, void *userdata)
{
        Watchers *watchers = userdata;

        watchers->sent_usec = clock_now_usec(CLOCK_MONOTONIC);
        for (unsigned i = 0; i < watchers->list->len; i++) {
                Watcher *watcher = watchers->list->pdata[i];
                GBytes *message = watcher->message ? NULL : message_since(watchers, watcher->seen);

                if (!message)
                        continue;
                watcher->seen = board_revision(watchers->board);
                give(watcher, message);
        }
        return 0;
}

static int on_keep_alive(sd_event_source *source, uint64_t usec, void *userdata)
{
        g_autoptr(GBytes) comment = g_bytes_new_static(COMMENT, strlen(COMMENT));
        Watchers *watchers = userdata;

        for (unsigned i = 0; i < watchers->list->len; i++) {
                Watcher *watcher = watchers->list->pdata[i];

                if (!watcher->message)
                        give(watcher, comment);
        }
        sd_event_source_set_time_relative(source, ALIVE_USEC);
        return 0;
}

static int add_timer(Watchers *watchers, sd_event_time_handler_t handler, sd_event_source **ret)
{
        int r = sd_event_add_time_relative(
                        watchers->event, ret, CLOCK_MONOTONIC, 0, 0, handler, watchers);

        return r < 0 ? r : sd_event_source_set_enabled(*ret, SD_EVENT_OFF);
}

Watchers *watchers_new(sd_event *event, CallQueue *calls)
{
        g_autoptr(Watchers) watchers = g_new0(Watchers, 1);

        watchers->event = sd_event_ref(event);
        watchers->list = g_ptr_array_new();
        watchers->board = board_new();
        watchers->reader = board_reader_new(event, calls, watchers->board, on_changed, watchers);
        if (!watchers->reader || add_timer(watchers, on_send, &watchers->send) < 0 ||
                        add_timer(watchers, on_keep_alive, &watchers->keep_alive) < 0)
                return NULL;
        return g_steal_pointer(&watchers);
}

Watchers *watchers_free(Watchers *watchers)
{
        if (!watchers)
                return NULL;
        g_assert(watchers->list->len == 0);
        g_ptr_array_unref(watchers->list);
        board_reader_free(watchers->reader);
        board_free(watchers->board);
        sd_event_source_disable_unref(watchers->send);
        sd_event_source_disable_unref(watchers->keep_alive);
        sd_event_unref(watchers->event);
        g_clear_pointer(&watchers->message, g_bytes_unref);
        g_free(watchers);
        return NULL;
}

void watchers_set_bus(Watchers *watchers, sd_bus *bus, const char *bus_name)
{
        board_reader_set_bus(watchers->reader, bus, bus_name);
}

/* Nobody looked so far. */
static void begin(Watchers *watchers)
{
        board_reader_set_watched(watchers->reader, true);
        sd_event_source_set_time_relative(watchers->keep_alive, ALIVE_USEC);
        sd_event_source_set_enabled(watchers->keep_alive, SD_EVENT_ON);
}

static void end(Watchers *watchers)
{
        board_reader_set_watched(watchers->reader, false);
        sd_event_source_set_enabled(watchers->keep_alive, SD_EVENT_OFF);
        sd_event_source_set_enabled(watchers->send, SD_EVENT_OFF);
        g_clear_pointer(&watchers->message, g_bytes_unref);
}

Watcher *watcher_new(Watchers *watchers, WatcherReady on_ready, void *userdata)
{
        Watcher *watcher;

        if (watchers->list->len >= WATCHERS_MAX)
                return NULL;
        if (watchers->list->len == 0)
                begin(watchers);
        watcher = g_new0(Watcher, 1);
        watcher->watchers = watchers;
        watcher->on_ready = on_ready;
        watcher->userdata = userdata;
        watcher->message = g_bytes_new_static(GREETING, strlen(GREETING));
        /* While the daemon is being read, that it is not there yet would be no news. */
        if (!board_is_complete(watchers->board) && !board_reader_is_away(watchers->reader))
                watcher->seen = board_revision(watchers->board);
        g_ptr_array_add(watchers->list, watcher);
        return watcher;
}

Watcher *watcher_free(Watcher *watcher)
{
        if (!watcher)
                return NULL;
        g_ptr_array_remove_fast(watcher->watchers->list, watcher);
        if (watcher->watchers->list->len == 0)
                end(watcher->watchers);
        g_clear_pointer(&watcher->message, g_bytes_unref);
        g_free(watcher);
        return NULL;
}

size_t watcher_read(Watcher *watcher, char *buffer, size_t size)
{
        const char *data;
        size_t length;

        if (!watcher->message) {
                watcher->is_waiting = true;
                return 0;
        }
        data = g_bytes_get_data(watcher->message, &length);
        size = MIN(size, length - watcher->offset);
        memcpy(buffer, data + watcher->offset, size);
        watcher->offset += size;
        if (watcher->offset == length) {
                g_clear_pointer(&watcher->message, g_bytes_unref);
                if (watcher->seen < board_revision(watcher->watchers->board))
                        arm_send(watcher->watchers);
        }
        return size;
}
