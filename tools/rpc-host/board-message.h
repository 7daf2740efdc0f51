/* Board message: what the daemon's messages say, into the records of a board.
 *
 * Negative errno when a message is of another form; then what is being read into has some of it. */
#pragma once

#include <glib.h>
#include <systemd/sd-bus.h>

#include "tools/rpc-host/board.h"

/* Append what ListProcesses has answered, and the names that ListPools has. */
int board_message_read_list(sd_bus_message *reply, GPtrArray *processes);
int board_message_read_pools(sd_bus_message *reply, GPtrArray *pools);

/* Takes over what a map of properties tells: what GetAll answers, or the rest of PropertiesChanged.
 */
int board_message_read_daemon(sd_bus_message *message, BoardDaemon *daemon);
int board_message_read_process(sd_bus_message *message, BoardProcess *process);
int board_message_read_pool(sd_bus_message *message, BoardPool *pool);
