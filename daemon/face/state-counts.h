/* State counts: how many processes are in which state, as a property: a{su}, of those states that
 * there are processes in. */
#pragma once

#include <glib.h>
#include <systemd/sd-bus.h>

#include "bus/state.h"

typedef struct StateCounts {
        uint32_t of[_PROCESS_STATE_MAX];
} StateCounts;

/* Adds an array of Process. */
void state_counts_add(StateCounts *counts, const GPtrArray *processes);
/* Negative errno. */
int state_counts_append(sd_bus_message *reply, const StateCounts *counts);
