/* Event time: a moment as people write it, in the forms that journalctl takes and those in which
 * busvisorctl and the log of busvisord print it.
 *
 * "2026-11-26", "2026-11-26 14:03[:07[.123]]" (or with a T between, or a comma before the fraction)
 * with "Z", "UTC" or "+01:00" behind it; "14:03", which is today; "today", "yesterday" and
 * "tomorrow", alone or with a time; "now"; "-5min", "+1h 30min", "5 minutes ago"; "@1700000000.5".
 * Without a zone it is local time. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

/* Microseconds of CLOCK_REALTIME; what lies before 1970 is 0. now_usec is the present. False with
 * an error of the FAILURE domain. */
bool event_time_parse(const char *text, uint64_t now_usec, uint64_t *ret_usec, GError **error);
