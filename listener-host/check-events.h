/* Check events: the events that a listener is checked with: one of each type at least, as busvisord
 * and Supervisor would send them, among them those that listeners stumble over. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "bus/event.h"

typedef struct CheckItem {
        Event *event;
        const char *label; /* what is special about it, borrowed; NULL = nothing */
        bool in_pieces;    /* to be written in several small portions */
} CheckItem;

void check_item_free(CheckItem *item);

/* CheckItem, in the order in which they are given; serials from 1 on. */
GPtrArray *check_events_new(void);
