/* Columns of numbers are as wide as what is seen in them, names as the longest one, so that nothing
 * moves about while the numbers change. */

#include "tools/ctl/watch-table.h"

#include <string.h>

#include "tools/ctl/json-text.h"
#include "tools/ctl/status-table.h"

#define NAME_LEAST    12
#define SECOND        UINT64_C(1000000)
#define SECONDS_A_DAY 86400

static const struct {
        const char *name;
        int width; /* negative: to the left */
} columns[] = {
        { "STATE", -9 },
        { "PID", 8 },
        { "UPTIME", 12 },
        { "CPU%", 7 },
        { "MEMORY", 8 },
        { "RESTARTS", 9 },
        { "LAG", 8 },
};

enum { STATE, PID, UPTIME, CPU, MEMORY, RESTARTS, LAG };

char *watch_table_uptime(uint64_t usec)
{
        uint64_t seconds = usec / SECOND, days = seconds / SECONDS_A_DAY;
        unsigned rest = seconds % SECONDS_A_DAY;
        g_autofree char *clock =
                        g_strdup_printf("%u:%02u:%02u", rest / 3600, rest / 60 % 60, rest % 60);

        if (days == 0)
                return g_steal_pointer(&clock);
        return g_strdup_printf("%" G_GUINT64_FORMAT "d %s", days, clock);
}

char *watch_table_size(uint64_t bytes)
{
        static const char units[] = "BKMGTPE";
        double size = (double)bytes;
        size_t i = 0;

        for (; size >= 1024 && units[i + 1]; i++)
                size /= 1024;
        return g_strdup_printf(i == 0 ? "%.0f%c" : "%.1f%c", size, units[i]);
}

static unsigned name_width(const WatchRows *rows)
{
        return MAX(watch_rows_longest_name(rows), NAME_LEAST);
}

static char *filled_up(const char *text, unsigned width)
{
        unsigned length = g_utf8_strlen(text, -1);
        g_autofree char *blanks = g_strnfill(width > length ? width - length : 0, ' ');

        return g_strconcat(text, blanks, "  ", NULL);
}

char *watch_table_summary(const WatchRows *rows)
{
        unsigned n_in[_PROCESS_STATE_MAX] = { 0 }, n = watch_rows_count(rows);
        GString *text = g_string_new(NULL);
        const char *before = ": ";

        for (unsigned i = 0; i < n; i++)
                n_in[watch_rows_at(rows, i)->state]++;
        g_string_append_printf(text, "%u process%s", n, n == 1 ? "" : "es");
        for (ProcessState state = 0; state < _PROCESS_STATE_MAX; state++) {
                if (n_in[state] == 0)
                        continue;
                g_string_append_printf(text, "%s%u %s", before, n_in[state],
                                process_state_to_string(state));
                before = ", ";
        }
        return g_string_free(text, false);
}

void watch_table_print_head(const Output *output, const WatchRows *rows)
{
        g_autofree char *name = filled_up("NAME", name_width(rows));
        g_autoptr(GString) rest = g_string_new(NULL);
        Piece pieces[] = { { name, COLOR_FAINT }, { NULL, COLOR_FAINT } };

        for (size_t i = 0; i < G_N_ELEMENTS(columns); i++)
                if (i != LAG || watch_rows_has_lag(rows))
                        g_string_append_printf(rest, "%*s", columns[i].width, columns[i].name);
        pieces[1].text = rest->str;
        output_pieces(output, pieces, G_N_ELEMENTS(pieces));
}

static void append(GString *line, int column, char *text)
{
        g_string_append_printf(line, "%*s", columns[column].width, text);
        g_free(text);
}

static char *or_nothing(bool is_known, char *text)
{
        if (is_known)
                return text;
        g_free(text);
        return g_strdup("-");
}

static char *numbers_of(const WatchRow *row, bool with_lag)
{
        GString *line = g_string_new(NULL);

        append(line, PID, or_nothing(row->pid > 0, g_strdup_printf("%ld", (long)row->pid)));
        append(line, UPTIME,
                        or_nothing(row->uptime_usec != WATCH_UNKNOWN,
                                        watch_table_uptime(row->uptime_usec)));
        append(line, CPU, or_nothing(row->cpu >= 0, g_strdup_printf("%.1f", row->cpu)));
        append(line, MEMORY,
                        or_nothing(row->memory != WATCH_UNKNOWN, watch_table_size(row->memory)));
        append(line, RESTARTS, g_strdup_printf("%u", (unsigned)row->n_restarts));
        if (with_lag)
                append(line, LAG,
                                or_nothing(row->lag_events != WATCH_UNKNOWN,
                                                g_strdup_printf("%" G_GUINT64_FORMAT,
                                                                row->lag_events)));
        return g_string_free(line, false);
}

void watch_table_print_row(const Output *output, const WatchRows *rows, unsigned position)
{
        const WatchRow *row = watch_rows_at(rows, position);
        g_autofree char *name = filled_up(row->name, name_width(rows));
        g_autofree char *state = g_strdup_printf(
                        "%*s", columns[STATE].width, process_state_to_string(row->state));
        g_autofree char *numbers = numbers_of(row, watch_rows_has_lag(rows));
        const Piece pieces[] = {
                { name, COLOR_NONE },
                { state, status_table_color(row->state) },
                { numbers, COLOR_NONE },
        };

        output_pieces(output, pieces, G_N_ELEMENTS(pieces));
}

static void add_known(json_object *object, const char *name, uint64_t number)
{
        if (number != WATCH_UNKNOWN)
                json_text_add_number(object, name, number);
}

static json_object *row_to_json(const WatchRow *row)
{
        json_object *object = json_object_new_object();
        char cpu[32];

        json_text_add_process(object, row->group, row->process);
        json_text_add(object, "state", process_state_to_string(row->state));
        json_text_add_number(object, "pid", row->pid);
        add_known(object, "uptime_usec", row->uptime_usec);
        g_ascii_formatd(cpu, sizeof cpu, "%.2f", row->cpu);
        if (row->cpu >= 0)
                json_object_object_add(
                                object, "cpu_percent", json_object_new_double_s(row->cpu, cpu));
        add_known(object, "memory_bytes", row->memory);
        json_text_add_number(object, "n_restarts", row->n_restarts);
        add_known(object, "lag_events", row->lag_events);
        return object;
}

json_object *watch_table_to_json(const WatchRows *rows, uint64_t realtime_usec)
{
        json_object *object = json_object_new_object();
        json_object *array = json_object_new_array();

        for (unsigned i = 0; i < watch_rows_count(rows); i++)
                json_object_array_add(array, row_to_json(watch_rows_at(rows, i)));
        json_text_add_number(object, "realtime_usec", realtime_usec);
        json_object_object_add(object, "processes", array);
        return object;
}
