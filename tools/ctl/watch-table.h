/* Watch table: the live view as lines for people, and as an object for programs. */
#pragma once

#include <json-c/json.h>

#include "tools/ctl/output.h"
#include "tools/ctl/watch-rows.h"

/* "3 processes: 2 RUNNING, 1 STOPPED", in the order of their numbers. Caller frees with g_free. */
char *watch_table_summary(const WatchRows *rows);

/* A line with the names of the columns, cut to the width as every line is. LAG is among them where
 * there are listeners. */
void watch_table_print_head(const Output *output, const WatchRows *rows);
void watch_table_print_row(const Output *output, const WatchRows *rows, unsigned position);

/* What is unknown is left out. */
json_object *watch_table_to_json(const WatchRows *rows, uint64_t realtime_usec);

/* "0:00:05", "3d 1:02:03"; "12.3M". Caller frees with g_free. */
char *watch_table_uptime(uint64_t usec);
char *watch_table_size(uint64_t bytes);
