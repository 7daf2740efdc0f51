/* Pool table: listener pools and their listeners as people see them, and as programs do. */
#pragma once

#include <stdint.h>

#include <glib.h>

#include "tools/ctl/output.h"
#include "tools/ctl/pool-status.h"

/* A line with the names of the columns, then one for each pool of the array of PoolStatus and one
 * for each of its listeners, with "-" where there is nothing to tell. Where the terminal is too
 * narrow for that, columns that tell of nothing but zeros are left out. now_usec: CLOCK_MONOTONIC,
 * also below. */
void pool_table_print(const Output *output, const GPtrArray *pools, uint64_t now_usec);

/* The pools as a JSON array, with the listeners in them. Caller frees with g_free, also below. */
char *pool_table_to_json(const GPtrArray *pools, uint64_t now_usec);

/* How long, in few characters: "0.3s", "12s", "5m", "30h", "4d". */
char *pool_table_age(uint64_t usec);
