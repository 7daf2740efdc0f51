/* A reading is three calls at once, and one more for each pool: the answers of one sender come in
 * the order of the calls, and its signals among them, so that what follows a list is newer. What
 * comes or goes makes a new reading, after a pause, as an update of the configuration changes much
 * at once. Pools are read whole when they have changed, and while they lag, as how long that has
 * been is told by no signal. */

#include "tools/rpc-host/board-reader.h"

#include <errno.h>
#include <string.h>

#include "bus/cleanup.h"
#include "bus/host-log.h"
#include "bus/names.h"
#include "tools/rpc-host/board-message.h"

#define PAUSE_USEC (500 * 1000)
/* After a call that failed. */
#define AGAIN_USEC (2 * 1000 * 1000)

#define PROPERTIES "org.freedesktop.DBus.Properties"

/* What a call was made for. */
typedef struct PoolCall {
        BoardReader *reader; /* borrowed */
        BoardPool *pool;     /* of the array in which it is or will be */
        QueuedCall *call;    /* NULL = not under way */
        bool is_dirty;
} PoolCall;

struct BoardReader {
        sd_event *event;
        CallQueue *calls; /* borrowed */
        Board *board;     /* borrowed */
        BoardChanged on_changed;
        void *userdata;
        sd_bus *bus; /* NULL = away */
        char *bus_name;
        bool is_watched;
        GPtrArray *matches; /* of sd_bus_slot */
        /* The reading that is under way. */
        QueuedCall *daemon_call, *list_call, *pool_list_call;
        GPtrArray *processes, *pools; /* what it has brought so far, NULL = nothing yet */
        GPtrArray *pool_calls;        /* of the last reading too: one for each pool */
        unsigned n_missing;           /* answers that it waits for */
        bool is_reading;
        sd_event_source *read_again;
        sd_event_source *read_pools;
};

static void pool_call_free(gpointer data)
{
        PoolCall *call = data;

        queued_call_cancel(call->call);
        g_free(call);
}

static void slot_free(gpointer data)
{
        sd_bus_slot_unref(data);
}

static void tell(BoardReader *reader)
{
        reader->on_changed(reader->userdata);
}

static void arm(sd_event_source *source, uint64_t usec)
{
        int enabled;

        if (sd_event_source_get_enabled(source, &enabled) > 0)
                return;
        sd_event_source_set_time_relative(source, usec);
        sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* A reading that fails in one place is given up as a whole. */
static void drop_reading(BoardReader *reader)
{
        reader->daemon_call = queued_call_cancel(reader->daemon_call);
        reader->list_call = queued_call_cancel(reader->list_call);
        reader->pool_list_call = queued_call_cancel(reader->pool_list_call);
        g_clear_pointer(&reader->pool_calls, g_ptr_array_unref);
        g_clear_pointer(&reader->processes, g_ptr_array_unref);
        g_clear_pointer(&reader->pools, g_ptr_array_unref);
        reader->n_missing = 0;
        reader->is_reading = false;
}

/* error NULL: it failed at a call, or its answer. */
static void fail_reading(BoardReader *reader, const sd_bus_error *error)
{
        log_debug("cannot read the state of the daemon, trying again: %s",
                        error ? error->message : "of another form");
        drop_reading(reader);
        arm(reader->read_again, AGAIN_USEC);
}

static void have_answer(BoardReader *reader)
{
        if (--reader->n_missing > 0)
                return;
        reader->is_reading = false;
        board_touch(reader->board, &board_daemon(reader->board)->revision);
        board_fill(reader->board, g_steal_pointer(&reader->processes),
                        g_steal_pointer(&reader->pools));
        tell(reader);
        arm(reader->read_pools, PAUSE_USEC);
}

static int call(BoardReader *reader, const char *path, const char *interface, const char *member,
                const char *argument, CallAnswered answered, void *userdata, QueuedCall **ret)
{
        g_autoptr(sd_bus_message) message = NULL;
        int r = sd_bus_message_new_method_call(
                        reader->bus, &message, reader->bus_name, path, interface, member);

        if (r >= 0)
                r = sd_bus_message_set_auto_start(message, false);
        if (r >= 0 && argument)
                r = sd_bus_message_append(message, "s", argument);
        if (r >= 0)
                r = call_queue_send(reader->calls, message, CALL_QUICK, answered, userdata, ret);
        return r;
}

/* Pools */

/* Of a pool that is on the board already, or of a reading. */
static void on_pool(sd_bus_message *reply, const sd_bus_error *error, void *userdata)
{
        PoolCall *call = userdata;
        BoardReader *reader = call->reader;
        bool is_gone = sd_bus_error_has_name(error, SD_BUS_ERROR_UNKNOWN_OBJECT);

        call->call = NULL;
        if (!is_gone && (error || board_message_read_pool(reply, call->pool) < 0)) {
                fail_reading(reader, error);
                return;
        }
        /* Its going makes a reading of its own. */
        if (reader->is_reading) {
                have_answer(reader);
                return;
        }
        board_touch(reader->board, &call->pool->revision);
        tell(reader);
        if (call->is_dirty || call->pool->lag_events > 0)
                arm(reader->read_pools, PAUSE_USEC);
}

static int call_pool(BoardReader *reader, PoolCall *pool_call)
{
        pool_call->is_dirty = false;
        return call(reader, pool_call->pool->path, PROPERTIES, "GetAll", BUS_INTERFACE_POOL,
                        on_pool, pool_call, &pool_call->call);
}

static int on_read_pools(sd_event_source *source, uint64_t usec, void *userdata)
{
        BoardReader *reader = userdata;

        if (!reader->pool_calls || reader->is_reading)
                return 0;
        for (unsigned i = 0; i < reader->pool_calls->len; i++) {
                PoolCall *call = reader->pool_calls->pdata[i];

                if (call->call || (!call->is_dirty && call->pool->lag_events == 0))
                        continue;
                if (call_pool(reader, call) < 0) {
                        fail_reading(reader, NULL);
                        return 0;
                }
        }
        return 0;
}

static void on_pool_list(sd_bus_message *reply, const sd_bus_error *error, void *userdata)
{
        BoardReader *reader = userdata;
        int r = error ? -EIO : board_message_read_pools(reply, reader->pools);

        reader->pool_list_call = NULL;
        for (unsigned i = 0; r >= 0 && i < reader->pools->len; i++) {
                PoolCall *call = g_new0(PoolCall, 1);

                call->reader = reader;
                call->pool = reader->pools->pdata[i];
                g_ptr_array_add(reader->pool_calls, call);
                reader->n_missing++;
                r = call_pool(reader, call);
        }
        if (r < 0)
                fail_reading(reader, error);
        else
                have_answer(reader);
}

/* The rest of a reading */

static void on_list(sd_bus_message *reply, const sd_bus_error *error, void *userdata)
{
        BoardReader *reader = userdata;

        reader->list_call = NULL;
        if (error || board_message_read_list(reply, reader->processes) < 0)
                fail_reading(reader, error);
        else
                have_answer(reader);
}

static void on_daemon(sd_bus_message *reply, const sd_bus_error *error, void *userdata)
{
        BoardReader *reader = userdata;

        reader->daemon_call = NULL;
        if (error || board_message_read_daemon(reply, board_daemon(reader->board)) < 0)
                fail_reading(reader, error);
        else
                have_answer(reader);
}

static void read_all(BoardReader *reader)
{
        int r;

        drop_reading(reader);
        reader->processes = g_ptr_array_new_with_free_func(board_process_free);
        reader->pools = g_ptr_array_new_with_free_func(board_pool_free);
        reader->pool_calls = g_ptr_array_new_with_free_func(pool_call_free);
        reader->is_reading = true;
        reader->n_missing = 3;
        r = call(reader, BUS_PATH, PROPERTIES, "GetAll", BUS_INTERFACE_MANAGER, on_daemon, reader,
                        &reader->daemon_call);
        if (r >= 0)
                r = call(reader, BUS_PATH, BUS_INTERFACE_MANAGER, "ListProcesses", NULL, on_list,
                                reader, &reader->list_call);
        if (r >= 0)
                r = call(reader, BUS_PATH, BUS_INTERFACE_MANAGER, "ListPools", NULL, on_pool_list,
                                reader, &reader->pool_list_call);
        if (r < 0)
                fail_reading(reader, NULL);
}

static int on_read_again(sd_event_source *source, uint64_t usec, void *userdata)
{
        BoardReader *reader = userdata;

        /* Else nothing would ever be read to its end while objects come and go. */
        if (reader->is_reading)
                arm(source, PAUSE_USEC);
        else
                read_all(reader);
        return 0;
}

/* Signals */

static void note_pool(BoardReader *reader, const char *path)
{
        for (unsigned i = 0; reader->pool_calls && i < reader->pool_calls->len; i++) {
                PoolCall *call = reader->pool_calls->pdata[i];

                if (strcmp(call->pool->path, path) == 0) {
                        call->is_dirty = true;
                        arm(reader->read_pools, PAUSE_USEC);
                }
        }
}

/* While a reading has not brought the list yet, nothing is known of the process, or what is known
 * is about to be replaced by what is newer. */
static BoardProcess *find_process(const BoardReader *reader, const char *path)
{
        if (!reader->is_reading)
                return board_find_process(reader->board, path);
        for (unsigned i = 0; i < reader->processes->len; i++) {
                BoardProcess *process = reader->processes->pdata[i];

                if (strcmp(process->path, path) == 0)
                        return process;
        }
        return NULL;
}

static int change_process(BoardReader *reader, sd_bus_message *message)
{
        BoardProcess *process = find_process(reader, sd_bus_message_get_path(message));
        int r;

        if (!process)
                return 0;
        r = board_message_read_process(message, process);
        if (r < 0 || reader->is_reading)
                return r;
        board_touch(reader->board, &process->revision);
        tell(reader);
        return 0;
}

static int change_daemon(BoardReader *reader, sd_bus_message *message)
{
        BoardDaemon *daemon = board_daemon(reader->board);
        int r = board_message_read_daemon(message, daemon);

        if (r < 0 || !board_is_complete(reader->board))
                return r;
        board_touch(reader->board, &daemon->revision);
        tell(reader);
        return 0;
}

static int on_properties(sd_bus_message *message, void *userdata, sd_bus_error *ret_error)
{
        BoardReader *reader = userdata;
        const char *interface;
        int r = sd_bus_message_read(message, "s", &interface);

        if (r < 0)
                return 0;
        if (strcmp(interface, BUS_INTERFACE_PROCESS) == 0)
                r = change_process(reader, message);
        else if (strcmp(interface, BUS_INTERFACE_MANAGER) == 0)
                r = change_daemon(reader, message);
        else if (strcmp(interface, BUS_INTERFACE_POOL) == 0)
                note_pool(reader, sd_bus_message_get_path(message));
        if (r < 0)
                arm(reader->read_again, PAUSE_USEC);
        return 0;
}

static int on_objects(sd_bus_message *message, void *userdata, sd_bus_error *ret_error)
{
        BoardReader *reader = userdata;

        if (sd_bus_message_is_signal(message, NULL, "InterfacesAdded") > 0 ||
                        sd_bus_message_is_signal(message, NULL, "InterfacesRemoved") > 0)
                arm(reader->read_again, PAUSE_USEC);
        return 0;
}

static int add_match(BoardReader *reader, const char *rule, sd_bus_message_handler_t handler)
{
        g_autofree char *whole =
                        g_strdup_printf("type='signal',sender='%s',%s", reader->bus_name, rule);
        sd_bus_slot *slot;
        int r = sd_bus_add_match_async(reader->bus, &slot, whole, handler, NULL, reader);

        if (r >= 0)
                g_ptr_array_add(reader->matches, slot);
        return r;
}

/* Life */

static void stop(BoardReader *reader)
{
        drop_reading(reader);
        g_ptr_array_set_size(reader->matches, 0);
        sd_event_source_set_enabled(reader->read_again, SD_EVENT_OFF);
        sd_event_source_set_enabled(reader->read_pools, SD_EVENT_OFF);
        board_clear(reader->board);
}

static void start(BoardReader *reader)
{
        int r = add_match(reader,
                        "interface='" PROPERTIES "',member='PropertiesChanged',"
                        "path_namespace='" BUS_PATH "'",
                        on_properties);

        if (r >= 0)
                r = add_match(reader,
                                "interface='org.freedesktop.DBus.ObjectManager',path='" BUS_PATH
                                "'",
                                on_objects);
        /* What fails here has lost its connection, and is told of that. */
        if (r >= 0)
                read_all(reader);
}

static int add_timer(BoardReader *reader, sd_event_time_handler_t handler, sd_event_source **ret)
{
        int r = sd_event_add_time_relative(
                        reader->event, ret, CLOCK_MONOTONIC, 0, 0, handler, reader);

        return r < 0 ? r : sd_event_source_set_enabled(*ret, SD_EVENT_OFF);
}

BoardReader *board_reader_new(sd_event *event, CallQueue *calls, Board *board,
                BoardChanged on_changed, void *userdata)
{
        g_autoptr(BoardReader) reader = g_new0(BoardReader, 1);

        reader->event = sd_event_ref(event);
        reader->calls = calls;
        reader->board = board;
        reader->on_changed = on_changed;
        reader->userdata = userdata;
        reader->matches = g_ptr_array_new_with_free_func(slot_free);
        if (add_timer(reader, on_read_again, &reader->read_again) < 0 ||
                        add_timer(reader, on_read_pools, &reader->read_pools) < 0)
                return NULL;
        return g_steal_pointer(&reader);
}

BoardReader *board_reader_free(BoardReader *reader)
{
        if (!reader)
                return NULL;
        drop_reading(reader);
        g_ptr_array_unref(reader->matches);
        sd_event_source_disable_unref(reader->read_again);
        sd_event_source_disable_unref(reader->read_pools);
        sd_bus_unref(reader->bus);
        sd_event_unref(reader->event);
        g_free(reader->bus_name);
        g_free(reader);
        return NULL;
}

void board_reader_set_bus(BoardReader *reader, sd_bus *bus, const char *bus_name)
{
        bool was_complete = board_is_complete(reader->board);

        stop(reader);
        sd_bus_unref(reader->bus);
        reader->bus = sd_bus_ref(bus);
        g_free(reader->bus_name);
        reader->bus_name = g_strdup(bus_name);
        if (reader->is_watched && was_complete)
                tell(reader);
        if (reader->bus && reader->is_watched)
                start(reader);
}

bool board_reader_is_away(const BoardReader *reader)
{
        return !reader->bus;
}

void board_reader_set_watched(BoardReader *reader, bool watched)
{
        if (reader->is_watched == watched)
                return;
        reader->is_watched = watched;
        if (watched && reader->bus)
                start(reader);
        else if (!watched)
                stop(reader);
}
