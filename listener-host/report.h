/* Report: how a pool fares, for those who look at it; goes along with each Commit. */
#pragma once

#include <stdint.h>

#include <systemd/sd-bus.h>

#include "listener-host/pool.h"

/* Appends the a{sv}. The members of the pool are Listeners. since_usec: when the pool began here,
 * which tells these counts from those of another host. Negative errno of sd-bus. */
int report_append(sd_bus_message *call, const Pool *pool, uint64_t since_usec);
