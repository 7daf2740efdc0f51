/* Whoever was told of another set of processes or pools is told everything: that is rare, and so
 * nothing that has gone needs to be remembered. */

#include "tools/rpc-host/board.h"

#include <string.h>

#include <json-c/json.h>

#include "bus/names.h"

#define USEC_PER_MSEC 1000

struct Board {
        uint64_t revision;
        uint64_t filled; /* the revision in which it got, or lost, what is on it */
        bool is_complete;
        BoardDaemon daemon;
        GPtrArray *processes, *pools;
        GHashTable *by_path; /* both, borrowed from the arrays; no path is that of two */
};

BoardProcess *board_process_new(const char *path, const char *group, const char *name)
{
        BoardProcess *process = g_new0(BoardProcess, 1);

        process->path = g_strdup(path);
        process->group = g_strdup(group);
        process->name = g_strdup(name);
        process->spawn_error = g_strdup("");
        return process;
}

void board_process_free(void *pointer)
{
        BoardProcess *process = pointer;

        g_free(process->path);
        g_free(process->group);
        g_free(process->name);
        g_free(process->spawn_error);
        g_free(process);
}

BoardPool *board_pool_new(const char *path, const char *name)
{
        BoardPool *pool = g_new0(BoardPool, 1);

        pool->path = g_strdup(path);
        pool->name = g_strdup(name);
        return pool;
}

void board_pool_free(void *pointer)
{
        BoardPool *pool = pointer;

        g_free(pool->path);
        g_free(pool->name);
        g_free(pool);
}

Board *board_new(void)
{
        Board *board = g_new0(Board, 1);

        board->by_path = g_hash_table_new(g_str_hash, g_str_equal);
        board_clear(board);
        return board;
}

static void forget(Board *board)
{
        g_hash_table_remove_all(board->by_path);
        g_clear_pointer(&board->processes, g_ptr_array_unref);
        g_clear_pointer(&board->pools, g_ptr_array_unref);
}

static void clear_daemon(BoardDaemon *daemon)
{
        g_free(daemon->identifier);
        g_free(daemon->version);
        g_free(daemon->state);
        *daemon = (BoardDaemon){ 0 };
}

Board *board_free(Board *board)
{
        if (!board)
                return NULL;
        forget(board);
        clear_daemon(&board->daemon);
        g_hash_table_unref(board->by_path);
        g_free(board);
        return NULL;
}

uint64_t board_revision(const Board *board)
{
        return board->revision;
}

bool board_is_complete(const Board *board)
{
        return board->is_complete;
}

BoardDaemon *board_daemon(Board *board)
{
        return &board->daemon;
}

const GPtrArray *board_processes(const Board *board)
{
        return board->processes;
}

const GPtrArray *board_pools(const Board *board)
{
        return board->pools;
}

BoardProcess *board_find_process(const Board *board, const char *path)
{
        return g_str_has_prefix(path, BUS_PATH_PROCESS "/")
                               ? g_hash_table_lookup(board->by_path, path)
                               : NULL;
}

BoardPool *board_find_pool(const Board *board, const char *path)
{
        return g_str_has_prefix(path, BUS_PATH_POOL "/") ? g_hash_table_lookup(board->by_path, path)
                                                         : NULL;
}

void board_clear(Board *board)
{
        forget(board);
        clear_daemon(&board->daemon);
        board->processes = g_ptr_array_new_with_free_func(board_process_free);
        board->pools = g_ptr_array_new_with_free_func(board_pool_free);
        board->is_complete = false;
        board->filled = ++board->revision;
}

void board_fill(Board *board, GPtrArray *processes, GPtrArray *pools)
{
        forget(board);
        board->processes = processes;
        board->pools = pools;
        for (unsigned i = 0; i < processes->len; i++) {
                BoardProcess *process = processes->pdata[i];

                g_hash_table_insert(board->by_path, process->path, process);
        }
        for (unsigned i = 0; i < pools->len; i++) {
                BoardPool *pool = pools->pdata[i];

                g_hash_table_insert(board->by_path, pool->path, pool);
        }
        board->is_complete = true;
        board->filled = ++board->revision;
}

void board_touch(Board *board, uint64_t *revision)
{
        *revision = ++board->revision;
}

/* The message */

static void add_string(json_object *object, const char *key, const char *value)
{
        json_object_object_add(object, key, json_object_new_string(value ? value : ""));
}

static void add_number(json_object *object, const char *key, uint64_t value)
{
        json_object_object_add(object, key, json_object_new_uint64(value));
}

static json_object *process_json(const BoardProcess *process)
{
        json_object *object = json_object_new_object();

        add_string(object, "group", process->group);
        add_string(object, "name", process->name);
        add_string(object, "state", process_state_to_string(process->state));
        add_number(object, "pid", process->pid);
        add_number(object, "start", process->start_usec / USEC_PER_MSEC);
        add_number(object, "stop", process->stop_usec / USEC_PER_MSEC);
        add_string(object, "error", process->spawn_error);
        json_object_object_add(object, "exit", json_object_new_int(process->exit_status));
        add_number(object, "signal", process->term_signal);
        return object;
}

static json_object *pool_json(const BoardPool *pool)
{
        json_object *object = json_object_new_object();

        add_string(object, "name", pool->name);
        add_number(object, "queued", pool->queued);
        add_number(object, "inHand", pool->in_hand);
        add_number(object, "lagEvents", pool->lag_events);
        add_number(object, "lag", pool->lag_usec / USEC_PER_MSEC);
        add_number(object, "delivered", pool->delivered);
        add_number(object, "retried", pool->retried);
        add_number(object, "givenUp", pool->given_up);
        add_number(object, "discarded", pool->discarded);
        add_number(object, "deadLetters", pool->dead_letters);
        return object;
}

static json_object *daemon_json(const BoardDaemon *daemon)
{
        json_object *object = json_object_new_object();

        add_string(object, "identifier", daemon->identifier);
        add_string(object, "version", daemon->version);
        add_string(object, "state", daemon->state);
        add_number(object, "pid", daemon->pid);
        add_number(object, "start", daemon->start_usec / USEC_PER_MSEC);
        return object;
}

static void add_processes(json_object *object, const GPtrArray *processes, uint64_t since)
{
        json_object *array = json_object_new_array();

        for (unsigned i = 0; i < processes->len; i++) {
                const BoardProcess *process = processes->pdata[i];

                if (since == 0 || process->revision > since)
                        json_object_array_add(array, process_json(process));
        }
        json_object_object_add(object, "processes", array);
}

static void add_pools(json_object *object, const GPtrArray *pools, uint64_t since)
{
        json_object *array = json_object_new_array();

        for (unsigned i = 0; i < pools->len; i++) {
                const BoardPool *pool = pools->pdata[i];

                if (since == 0 || pool->revision > since)
                        json_object_array_add(array, pool_json(pool));
        }
        json_object_object_add(object, "pools", array);
}

GBytes *board_message(Board *board, uint64_t since, uint64_t now_usec)
{
        const char *event = "change";
        json_object *object;
        char *text;

        if (board->revision <= since)
                return NULL;
        if (since < board->filled) {
                event = board->is_complete ? "snapshot" : "away";
                since = 0;
        }
        object = json_object_new_object();
        add_number(object, "now", now_usec / USEC_PER_MSEC);
        if (board->is_complete) {
                if (since == 0 || board->daemon.revision > since)
                        json_object_object_add(object, "daemon", daemon_json(&board->daemon));
                add_processes(object, board->processes, since);
                add_pools(object, board->pools, since);
        }
        text = g_strdup_printf("event: %s\ndata: %s\n\n", event,
                        json_object_to_json_string_ext(object,
                                        JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
        json_object_put(object);
        return g_bytes_new_take(text, strlen(text));
}
