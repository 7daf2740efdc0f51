/* Tick: the TICK_5, TICK_60 and TICK_3600 events.
 *
 * As in Supervisor a tick belongs to a slice of wall-clock time; its `when` is the start of the
 * slice. Ticks of slices that were slept through are not made up for. */
#pragma once

#include <stdint.h>

#include <glib.h>
#include <systemd/sd-event.h>

#include "daemon/event/log.h"

typedef struct Ticker Ticker;

/* The log is borrowed. Negative errno. */
int ticker_new(sd_event *event, EventLog *log, Ticker **ret);
Ticker *ticker_free(Ticker *ticker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ticker, ticker_free)

/* It is this time (seconds since the epoch): appends the ticks of the slices that are new. The loop
 * does it by itself. */
void ticker_note(Ticker *ticker, uint64_t seconds);

/* The start of the slice of period seconds that the time (seconds since the epoch) lies in. */
uint64_t tick_slice(uint64_t seconds, unsigned period_seconds);
