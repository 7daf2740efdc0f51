/* No cell has blanks or is empty, so that awk finds the columns. */

#include "tools/ctl/pool-table.h"

#include <string.h>

#include <json-c/json.h>

#include "tools/ctl/status-table.h"

#define GAP "  "

#define NOTHING "-"

/* Of a listener that runs and that no listener-host has taken over. */
#define DETACHED "DETACHED"

typedef enum Column {
        COLUMN_POOL,
        COLUMN_LISTENER,
        COLUMN_STATE,
        COLUMN_EVENT,
        COLUMN_HELD,
        COLUMN_QUEUED,
        COLUMN_LAG,
        COLUMN_AGE,
        COLUMN_DELIVERED,
        COLUMN_RETRIED,
        COLUMN_VIOLATIONS,
        COLUMN_DISCARDED,
        COLUMN_DEAD,
        _COLUMN_MAX,
} Column;

static const struct {
        const char *name;
        bool is_number;   /* stands at the right of its column */
        bool is_optional; /* where there is no room for it and it is zero in all lines */
} columns[_COLUMN_MAX] = {
        [COLUMN_POOL] = { "POOL", false, false },
        [COLUMN_LISTENER] = { "LISTENER", false, false },
        [COLUMN_STATE] = { "STATE", false, false },
        [COLUMN_EVENT] = { "EVENT", true, true },
        [COLUMN_HELD] = { "HELD", true, true },
        [COLUMN_QUEUED] = { "QUEUED", true, false },
        [COLUMN_LAG] = { "LAG", true, false },
        [COLUMN_AGE] = { "AGE", true, true },
        [COLUMN_DELIVERED] = { "DELIVERED", true, false },
        [COLUMN_RETRIED] = { "RETRIED", true, true },
        [COLUMN_VIOLATIONS] = { "VIOLATIONS", true, true },
        [COLUMN_DISCARDED] = { "DISCARDED", true, true },
        [COLUMN_DEAD] = { "DEAD", true, true },
};

typedef struct Row {
        char *cells[_COLUMN_MAX]; /* NULL = nothing */
        Color state_color;
} Row;

static void row_free(gpointer data)
{
        Row *row = data;

        for (Column column = 0; column < _COLUMN_MAX; column++)
                g_free(row->cells[column]);
        g_free(row);
}

char *pool_table_age(uint64_t usec)
{
        uint64_t seconds = usec / G_USEC_PER_SEC;

        if (seconds < 10)
                return g_strdup_printf("%u.%us", (unsigned)seconds,
                                (unsigned)(usec % G_USEC_PER_SEC / (G_USEC_PER_SEC / 10)));
        if (seconds < 100)
                return g_strdup_printf("%us", (unsigned)seconds);
        if (seconds < 100 * 60)
                return g_strdup_printf("%um", (unsigned)(seconds / 60));
        if (seconds < 100 * 3600)
                return g_strdup_printf("%uh", (unsigned)(seconds / 3600));
        return g_strdup_printf("%" G_GUINT64_FORMAT "d", seconds / (24 * 3600));
}

static char *number_text(uint64_t number)
{
        return g_strdup_printf("%" G_GUINT64_FORMAT, number);
}

static Row *row_of_pool(const PoolStatus *pool)
{
        Row *row = g_new0(Row, 1);

        row->cells[COLUMN_POOL] = g_strdup(pool->name);
        row->cells[COLUMN_QUEUED] = number_text(pool->queued);
        row->cells[COLUMN_LAG] = number_text(pool->lag_events);
        if (pool->lag_events > 0)
                row->cells[COLUMN_AGE] = pool_table_age(pool->lag_usec);
        row->cells[COLUMN_DELIVERED] = number_text(pool->delivered);
        row->cells[COLUMN_RETRIED] = number_text(pool->retried);
        row->cells[COLUMN_VIOLATIONS] = number_text(pool->violations);
        row->cells[COLUMN_DISCARDED] = number_text(pool->discarded);
        row->cells[COLUMN_DEAD] = number_text(pool->dead_letters);
        return row;
}

static const char *state_text(const ListenerStatus *listener)
{
        if (*listener->state)
                return listener->state;
        if (listener->process_state == PROCESS_RUNNING)
                return DETACHED;
        return process_state_to_string(listener->process_state);
}

static Color state_color(const ListenerStatus *listener)
{
        if (!*listener->state)
                return listener->process_state == PROCESS_RUNNING
                                       ? COLOR_BAD
                                       : status_table_color(listener->process_state);
        if (strcmp(listener->state, "READY") == 0)
                return COLOR_GOOD;
        return strcmp(listener->state, "UNKNOWN") == 0 ? COLOR_BAD : COLOR_BUSY;
}

static uint64_t held_usec(const ListenerStatus *listener, uint64_t now_usec)
{
        return listener->event > 0 && listener->given_usec < now_usec
                               ? now_usec - listener->given_usec
                               : 0;
}

static Row *row_of_listener(
                const PoolStatus *pool, const ListenerStatus *listener, uint64_t now_usec)
{
        Row *row = g_new0(Row, 1);

        row->cells[COLUMN_POOL] = g_strdup(pool->name);
        row->cells[COLUMN_LISTENER] = g_strdup(listener->process);
        row->cells[COLUMN_STATE] = g_strdup(state_text(listener));
        row->state_color = state_color(listener);
        if (listener->event > 0) {
                row->cells[COLUMN_EVENT] = number_text(listener->event);
                row->cells[COLUMN_HELD] = pool_table_age(held_usec(listener, now_usec));
        }
        row->cells[COLUMN_DELIVERED] = number_text(listener->delivered);
        return row;
}

static Row *row_of_names(void)
{
        Row *row = g_new0(Row, 1);

        for (Column column = 0; column < _COLUMN_MAX; column++)
                row->cells[column] = g_strdup(columns[column].name);
        return row;
}

/* The first one holds the names. */
static GPtrArray *make_rows(const GPtrArray *pools, uint64_t now_usec)
{
        GPtrArray *rows = g_ptr_array_new_with_free_func(row_free);

        g_ptr_array_add(rows, row_of_names());
        for (unsigned i = 0; i < pools->len; i++) {
                const PoolStatus *pool = pools->pdata[i];

                g_ptr_array_add(rows, row_of_pool(pool));
                for (unsigned k = 0; k < pool->listeners->len; k++)
                        g_ptr_array_add(rows,
                                        row_of_listener(pool, pool->listeners->pdata[k], now_usec));
        }
        return rows;
}

static const char *cell_text(const Row *row, Column column)
{
        return row->cells[column] ? row->cells[column] : NOTHING;
}

static unsigned cell_width(const Row *row, Column column)
{
        g_autofree char *printable = output_printable(cell_text(row, column));

        return g_utf8_strlen(printable, -1);
}

static unsigned column_width(const GPtrArray *rows, Column column)
{
        unsigned width = 0;

        for (unsigned i = 0; i < rows->len; i++)
                width = MAX(width, cell_width(rows->pdata[i], column));
        return width;
}

static bool tells_nothing(const GPtrArray *rows, Column column)
{
        for (unsigned i = 1; i < rows->len; i++) {
                const char *text = cell_text(rows->pdata[i], column);

                if (strcmp(text, NOTHING) != 0 && strcmp(text, "0") != 0)
                        return false;
        }
        return true;
}

/* The widths of all columns; 0 = it is left out. limit: of the line; 0 = none. */
static void choose_widths(const GPtrArray *rows, unsigned limit, unsigned widths[_COLUMN_MAX])
{
        unsigned total = 0;

        for (Column column = 0; column < _COLUMN_MAX; column++) {
                widths[column] = column_width(rows, column);
                total += widths[column] + (column > 0 ? strlen(GAP) : 0);
        }
        for (Column column = _COLUMN_MAX; limit > 0 && total > limit && column-- > 0;)
                if (columns[column].is_optional && tells_nothing(rows, column)) {
                        total -= widths[column] + strlen(GAP);
                        widths[column] = 0;
                }
}

static Color cell_color(const Row *row, Column column)
{
        if (!row->cells[column])
                return COLOR_FAINT;
        return column == COLUMN_STATE ? row->state_color : COLOR_NONE;
}

static void print_row(const Output *output, const Row *row, const unsigned widths[_COLUMN_MAX])
{
        g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
        Piece pieces[3 * _COLUMN_MAX];
        size_t n = 0;

        for (Column column = 0; column < _COLUMN_MAX; column++) {
                const char *text = cell_text(row, column);
                char *blanks;

                if (widths[column] == 0)
                        continue;
                blanks = g_strnfill(widths[column] - cell_width(row, column), ' ');
                g_ptr_array_add(texts, blanks);
                if (n > 0)
                        pieces[n++] = (Piece){ GAP, COLOR_NONE };
                if (columns[column].is_number)
                        pieces[n++] = (Piece){ blanks, COLOR_NONE };
                pieces[n++] = (Piece){ text, cell_color(row, column) };
                if (!columns[column].is_number)
                        pieces[n++] = (Piece){ blanks, COLOR_NONE };
        }
        output_pieces(output, pieces, n);
}

void pool_table_print(const Output *output, const GPtrArray *pools, uint64_t now_usec)
{
        g_autoptr(GPtrArray) rows = make_rows(pools, now_usec);
        unsigned widths[_COLUMN_MAX];

        choose_widths(rows, output->width, widths);
        for (unsigned i = 0; i < rows->len; i++)
                print_row(output, rows->pdata[i], widths);
}

static void add_number(json_object *object, const char *name, uint64_t number)
{
        json_object_object_add(object, name, json_object_new_uint64(number));
}

static void add_text(json_object *object, const char *name, const char *text)
{
        json_object_object_add(object, name, json_object_new_string(text));
}

static json_object *listener_to_json(const ListenerStatus *listener, uint64_t now_usec)
{
        json_object *object = json_object_new_object();

        add_text(object, "process", listener->process);
        add_text(object, "process_state", process_state_to_string(listener->process_state));
        add_number(object, "pid", listener->pid);
        add_number(object, "generation", listener->generation);
        add_text(object, "state", listener->state);
        add_number(object, "delivered", listener->delivered);
        if (listener->event > 0) {
                add_number(object, "event", listener->event);
                add_number(object, "held_usec", held_usec(listener, now_usec));
        }
        return object;
}

static json_object *pool_to_json(const PoolStatus *pool, uint64_t now_usec)
{
        json_object *object = json_object_new_object();
        json_object *listeners = json_object_new_array();

        for (unsigned i = 0; i < pool->listeners->len; i++)
                json_object_array_add(
                                listeners, listener_to_json(pool->listeners->pdata[i], now_usec));
        add_text(object, "pool", pool->name);
        add_number(object, "cursor", pool->cursor);
        add_number(object, "queued", pool->queued);
        add_number(object, "in_hand", pool->in_hand);
        add_number(object, "lag_events", pool->lag_events);
        add_number(object, "lag_usec", pool->lag_usec);
        add_number(object, "delivered", pool->delivered);
        add_number(object, "retried", pool->retried);
        add_number(object, "violations", pool->violations);
        add_number(object, "discarded", pool->discarded);
        add_number(object, "given_up", pool->given_up);
        add_number(object, "dead_letters", pool->dead_letters);
        json_object_object_add(object, "listeners", listeners);
        return object;
}

char *pool_table_to_json(const GPtrArray *pools, uint64_t now_usec)
{
        json_object *array = json_object_new_array();
        char *text;

        for (unsigned i = 0; i < pools->len; i++)
                json_object_array_add(array, pool_to_json(pools->pdata[i], now_usec));
        text = g_strdup(json_object_to_json_string_ext(
                        array, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
        json_object_put(array);
        return text;
}
