/* Event JSON: an Event as one line of JSON, as busvisorctl prints it. event-json-reader goes the
 * other way.
 *
 * One object, its keys always in this order, those that the type of event does not have left out:
 * serial, realtime and monotonic (microseconds), type, group, process, state, from_state, pid,
 * tries, expected, exit_code, term_signal, channel, tick_period, when, supervisor_state,
 * remote_type, asked_by, and data, or data_base64 where the data is no text in UTF-8. */
#pragma once

#include "bus/event.h"

/* No line is longer, be each byte of the data an escape of six. */
#define EVENT_JSON_MAX_BYTES (8 * 1024 * 1024)

/* Without a newline, and without anything that a terminal would obey. Caller frees with g_free. */
char *event_to_json_line(const Event *event);
