/* Board reader: keeps a board as the daemon is, by its objects and their signals.
 *
 * While nobody looks it does nothing at all. Waits for nothing, and asks at most twice a second for
 * the same. */
#pragma once

#include <glib.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "bus/call-queue.h"
#include "tools/rpc-host/board.h"

typedef struct BoardReader BoardReader;

/* The board has a new revision. */
typedef void (*BoardChanged)(void *userdata);

/* event, calls and board are borrowed. */
BoardReader *board_reader_new(sd_event *event, CallQueue *calls, Board *board,
                BoardChanged on_changed, void *userdata);
BoardReader *board_reader_free(BoardReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BoardReader, board_reader_free)

/* Where the daemon is, on the bus of the calls; NULL = it is away. */
void board_reader_set_bus(BoardReader *reader, sd_bus *bus, const char *bus_name);
bool board_reader_is_away(const BoardReader *reader);

/* Somebody looks, from now on or no more. */
void board_reader_set_watched(BoardReader *reader, bool watched);
