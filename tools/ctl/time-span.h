/* Time span: a length of time as people write it, in the forms that systemd takes.
 *
 * "5min", "1h 30min", "2 days", "1.5s", "500ms". */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

/* What --timeout=infinity means. */
#define TIME_SPAN_INFINITE UINT64_MAX

/* The whole text as microseconds; a number without a unit counts seconds, and "infinity" is
 * TIME_SPAN_INFINITE. False with an error of the FAILURE domain; also for 0, as nothing that takes
 * a span here means anything by it. */
bool time_span_parse(const char *text, uint64_t *ret_usec, GError **error);

/* The span that text at *place begins with, each number with its unit, and the blanks behind it;
 * *place is moved behind them. */
bool time_span_read(const char **place, uint64_t *ret_usec);

/* "500ms", "1.5s", "2min 30s", "1w", which time_span_parse() takes again, and "0". Caller frees
 * with g_free. */
char *time_span_to_string(uint64_t usec);
