/* Stamp: the time as it stands in logs. */
#pragma once

#include <stdint.h>

#include <glib.h>

/* Microseconds of CLOCK_REALTIME as "2026-01-31 13:05:09,042", local time, as in Supervisor's logs.
 */
void stamp_append_local(GString *to, uint64_t realtime_usec);
/* As "2026-01-31T12:05:09.042123Z" (RFC 3339). */
void stamp_append_utc(GString *to, uint64_t realtime_usec);
