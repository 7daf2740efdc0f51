/* The widths are Supervisor's: scripts cut its lines by columns. Names are counted in characters,
 * not in bytes, as there. */

#include "tools/ctl/status-table.h"

#include <string.h>

#include <json-c/json.h>

#define NAME_WIDTH_LEAST 30
#define NAME_GAP         3
#define STATE_WIDTH      10
/* On a terminal that is too narrow for that. */
#define NARROW_GAP 2

static unsigned longest_name(const GPtrArray *selection)
{
        unsigned longest = 0;

        for (unsigned i = 0; i < selection->len; i++) {
                const ProcessEntry *entry = selection->pdata[i];
                g_autofree char *name = process_display_name(entry->group, entry->process);

                longest = MAX(longest, (unsigned)g_utf8_strlen(name, -1));
        }
        return longest;
}

static unsigned longest_description(const GPtrArray *selection, uint64_t now_usec)
{
        unsigned longest = 0;

        for (unsigned i = 0; i < selection->len; i++) {
                g_autofree char *description =
                                process_entry_description(selection->pdata[i], now_usec);

                longest = MAX(longest, (unsigned)g_utf8_strlen(description, -1));
        }
        return longest;
}

unsigned status_table_name_width(
                const GPtrArray *selection, uint64_t now_usec, unsigned terminal_width)
{
        unsigned longest = longest_name(selection);
        unsigned usual = MAX(longest, NAME_WIDTH_LEAST) + NAME_GAP;

        if (terminal_width == 0 || usual + STATE_WIDTH + longest_description(selection, now_usec) <=
                                                   terminal_width)
                return usual;
        return longest + NARROW_GAP;
}

static char *filled_up(const char *text, unsigned width)
{
        unsigned length = g_utf8_strlen(text, -1);
        g_autofree char *blanks = g_strnfill(width > length ? width - length : 0, ' ');

        return g_strconcat(text, blanks, NULL);
}

char *status_table_name(const ProcessEntry *entry, unsigned width)
{
        g_autofree char *name = process_display_name(entry->group, entry->process);

        return filled_up(name, width);
}

char *status_table_state(const ProcessEntry *entry)
{
        return filled_up(process_state_to_string(entry->state), STATE_WIDTH);
}

Color status_table_color(ProcessState state)
{
        if (state == PROCESS_RUNNING)
                return COLOR_GOOD;
        if (state == PROCESS_FATAL || state == PROCESS_UNKNOWN || state == PROCESS_BACKOFF)
                return COLOR_BAD;
        return process_state_is_stopped(state) ? COLOR_FAINT : COLOR_BUSY;
}

void status_table_print(const Output *output, const GPtrArray *selection, uint64_t now_usec)
{
        unsigned width = status_table_name_width(selection, now_usec, output->width);

        for (unsigned i = 0; i < selection->len; i++) {
                const ProcessEntry *entry = selection->pdata[i];
                g_autofree char *name = status_table_name(entry, width);
                g_autofree char *state = status_table_state(entry);
                g_autofree char *description = process_entry_description(entry, now_usec);
                const Piece pieces[] = {
                        { name, COLOR_NONE },
                        { state, status_table_color(entry->state) },
                        { description, COLOR_NONE },
                };

                output_pieces(output, pieces, G_N_ELEMENTS(pieces));
        }
}

static json_object *entry_to_json(const ProcessEntry *entry, uint64_t now_usec)
{
        json_object *object = json_object_new_object();
        g_autofree char *name = process_display_name(entry->group, entry->process);
        g_autofree char *description = process_entry_description(entry, now_usec);

        json_object_object_add(object, "name", json_object_new_string(name));
        json_object_object_add(object, "group", json_object_new_string(entry->group));
        json_object_object_add(object, "process", json_object_new_string(entry->process));
        json_object_object_add(object, "state",
                        json_object_new_string(process_state_to_string(entry->state)));
        json_object_object_add(object, "pid", json_object_new_int64(entry->pid));
        json_object_object_add(object, "start_usec", json_object_new_uint64(entry->start_usec));
        json_object_object_add(object, "stop_usec", json_object_new_uint64(entry->stop_usec));
        json_object_object_add(object, "exit_code", json_object_new_int(entry->exit_code));
        json_object_object_add(object, "spawn_error", json_object_new_string(entry->spawn_error));
        json_object_object_add(object, "description", json_object_new_string(description));
        json_object_object_add(object, "path", json_object_new_string(entry->path));
        return object;
}

char *status_table_to_json(const GPtrArray *selection, uint64_t now_usec)
{
        json_object *array = json_object_new_array();
        char *text;

        for (unsigned i = 0; i < selection->len; i++)
                json_object_array_add(array, entry_to_json(selection->pdata[i], now_usec));
        text = g_strdup(json_object_to_json_string_ext(
                        array, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
        json_object_put(array);
        return text;
}
