/* Status table: processes as people see them, and as programs do. */
#pragma once

#include <stdint.h>

#include <glib.h>

#include "tools/ctl/output.h"
#include "tools/ctl/process-list.h"

/* The beginning of a line for each process: its name, filled up to the width of Supervisor's
 * column or of the longest; where that is too much for the terminal, of the longest alone. width
 * from status_table_name_width; terminal_width 0 = no terminal. Caller frees with g_free. */
unsigned status_table_name_width(
                const GPtrArray *selection, uint64_t now_usec, unsigned terminal_width);
char *status_table_name(const ProcessEntry *entry, unsigned width);
/* The state, filled up to its width. Caller frees with g_free. */
char *status_table_state(const ProcessEntry *entry);

/* How it is shown where there are colors. */
Color status_table_color(ProcessState state);

/* Prints a line for each of the entries, as Supervisor's status does. */
void status_table_print(const Output *output, const GPtrArray *selection, uint64_t now_usec);

/* The entries as one JSON array; times in microseconds since the epoch, 0 = never. Caller frees
 * with g_free. */
char *status_table_to_json(const GPtrArray *selection, uint64_t now_usec);
