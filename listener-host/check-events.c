/* A listener may do something about what it is told, so the story is one that can happen: a program
 * comes up, talks, ends badly, does not come up again, is stopped.
 *
 * Not here is what neither daemon ever sends, as names with blanks or colons. */

#include "listener-host/check-events.h"

#include <signal.h>
#include <string.h>

#include "bus/clock.h"

#define LARGE_BYTES (64 * 1024)

#define A_PID 4711

typedef struct Row {
        EventType type;
        const char *label;
        const char *process; /* the group too, and the type of REMOTE_COMMUNICATION */
        ProcessState from;
        unsigned tries;
        bool expected;
        bool in_pieces;
        const char *data;
        size_t repeat; /* the data so many times; 0 = once */
} Row;

/* Two bytes for a character each, and an even number of them. */
#define UMLAUTS "\303\244\303\266\303\274\303\237\303\204\303\226\303\234\303\251"

#define LOG(channel, ...)                                                                          \
        {                                                                                          \
                EVENT_PROCESS_LOG_##channel, .process = "web", __VA_ARGS__                         \
        }
#define TALK(channel, ...)                                                                         \
        {                                                                                          \
                EVENT_PROCESS_COMMUNICATION_##channel, .process = "web", __VA_ARGS__               \
        }
#define REMOTE(kind, ...)                                                                          \
        {                                                                                          \
                EVENT_REMOTE_COMMUNICATION, .process = kind, __VA_ARGS__                           \
        }
#define STATE(state, origin, ...)                                                                  \
        {                                                                                          \
                EVENT_PROCESS_STATE_##state, .process = "web", .from = PROCESS_##origin,           \
                                             __VA_ARGS__                                           \
        }

/* clang-format off */
static const Row rows[] = {
        { EVENT_PROCESS_GROUP_ADDED, .process = "web" },
        { EVENT_SUPERVISOR_STATE_CHANGE_RUNNING, .label = "no payload" },
        STATE(STARTING, STOPPED),
        STATE(RUNNING, STARTING),
        LOG(STDOUT, .data = UMLAUTS, .label = "characters of two bytes"),
        LOG(STDOUT, .data = "hello\n"),
        LOG(STDERR, .data = "no newline at the end"),
        LOG(STDOUT, .data = "", .label = "no data"),
        LOG(STDOUT, .data = "\n\n\n", .label = "newlines only"),
        LOG(STDOUT, .data = "one\ntwo\n\nfour", .label = "several lines", .in_pieces = true),
        LOG(STDERR, .data = "\342\202\254 \360\237\230\200 " UMLAUTS "\n",
            .label = "characters of several bytes, in pieces", .in_pieces = true),
        LOG(STDOUT, .data = "\377\376 \303", .label = "not UTF-8"),
        LOG(STDERR, .data = "a\tb\033[1mbold\033[0m\a\rc\n", .label = "control characters"),
        LOG(STDOUT, .data = "READY\nRESULT 2\nOKREADY\n", .label = "words of the protocol"),
        LOG(STDOUT, .data = "ver:3.0 server:x serial:1 pool:x poolserial:1 eventname:TICK_5 "
            "len:15\nwhen:1700000000\n", .label = "a header line as data"),
        LOG(STDOUT, .data = "processname:x groupname:y pid:1\n", .label = "key:value as data"),
        TALK(STDOUT, .data = "a message"),
        TALK(STDERR, .data = "{\"key\": \"value\"}\n"),
        TALK(STDOUT, .data = "", .label = "no data"),
        REMOTE("deploy", .data = "now"),
        REMOTE("", .data = "", .label = "no type and no data"),
        REMOTE("of two words: x", .data = UMLAUTS "\n\n", .label = "blanks and a colon in the type"),
        { EVENT_TICK_5 },
        { EVENT_TICK_60 },
        { EVENT_TICK_3600 },
        STATE(EXITED, RUNNING, .expected = true, .label = "expected"),
        STATE(STARTING, EXITED),
        STATE(RUNNING, STARTING),
        STATE(EXITED, RUNNING, .label = "unexpected"),
        STATE(STARTING, EXITED),
        STATE(BACKOFF, STARTING, .tries = 1),
        STATE(STARTING, BACKOFF, .tries = 1),
        STATE(BACKOFF, STARTING, .tries = 2),
        STATE(FATAL, BACKOFF),
        STATE(STARTING, FATAL),
        STATE(RUNNING, STARTING),
        STATE(STOPPING, RUNNING, .in_pieces = true, .label = "in pieces"),
        STATE(STOPPED, STOPPING),
        STATE(UNKNOWN, STOPPING),
        { EVENT_PROCESS_GROUP_ADDED, .process = "w\303\266rker-0", .label = "a name not in ASCII" },
        { EVENT_PROCESS_STATE_STARTING, .process = "w\303\266rker-0", .from = PROCESS_STOPPED,
          .label = "a name not in ASCII" },
        LOG(STDOUT, .data = "0123456789abcde\n", .repeat = LARGE_BYTES / 16, .label = "64 KiB"),
        LOG(STDERR, .data = UMLAUTS, .repeat = LARGE_BYTES / 16,
            .label = "64 KiB of characters of two bytes"),
        TALK(STDOUT, .data = "0123456789abcdef", .repeat = EVENT_DATA_MAX_BYTES / 16,
             .label = "as large as can be"),
        LOG(STDOUT, .data = "carriage return\r\n", .label = "\\r\\n"),
        { EVENT_PROCESS_GROUP_REMOVED, .process = "web" },
        { EVENT_SUPERVISOR_STATE_CHANGE_STOPPING },
};
/* clang-format on */

static GBytes *make_data(const Row *row)
{
        size_t size = strlen(row->data);
        size_t times = MAX(row->repeat, 1);
        char *data = g_malloc(size * times + 1);

        for (size_t i = 0; i < times; i++)
                memcpy(data + i * size, row->data, size);
        return g_bytes_new_take(data, size * times);
}

static bool is_of(EventType type, EventType ancestor)
{
        return event_type_covers(ancestor) & event_type_bit(type);
}

static void set_tick(Event *event)
{
        static const unsigned periods[_EVENT_TYPE_MAX] = {
                [EVENT_TICK_5] = 5, [EVENT_TICK_60] = 60, [EVENT_TICK_3600] = 3600
        };
        uint64_t now = event->realtime_usec / 1000000;

        event->tick_period = periods[event->type];
        event->tick_when = now - now % event->tick_period;
}

static Event *make_event(const Row *row, uint64_t serial)
{
        Event *event = event_new(row->type);

        event->serial = serial;
        event->realtime_usec = clock_now_usec(CLOCK_REALTIME);
        event->monotonic_usec = clock_now_usec(CLOCK_MONOTONIC);
        event->from_state = row->from;
        event->tries = row->tries;
        event->expected = row->expected;
        if (row->type == EVENT_PROCESS_STATE_EXITED)
                event->exit_code = row->expected ? 0 : 1;
        if (row->type == EVENT_PROCESS_STATE_STOPPED)
                event->term_signal = SIGTERM;
        if (is_of(row->type, EVENT_TICK))
                set_tick(event);
        else if (row->type == EVENT_REMOTE_COMMUNICATION)
                event->remote_type = g_strdup(row->process);
        else
                event->group = g_strdup(row->process);
        if (event->group && !is_of(row->type, EVENT_PROCESS_GROUP)) {
                event->process = g_strdup(row->process);
                event->pid = A_PID;
        }
        if (row->data)
                event->data = make_data(row);
        return event;
}

void check_item_free(CheckItem *item)
{
        if (!item)
                return;
        event_unref(item->event);
        g_free(item);
}

GPtrArray *check_events_new(void)
{
        GPtrArray *items = g_ptr_array_new_with_free_func((GDestroyNotify)check_item_free);

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
                CheckItem *item = g_new0(CheckItem, 1);

                item->event = make_event(&rows[i], i + 1);
                item->label = rows[i].label;
                item->in_pieces = rows[i].in_pieces;
                g_ptr_array_add(items, item);
        }
        return items;
}
