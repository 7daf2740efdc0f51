/* Event JSON reader: the Event that a line of event-json stands for, also of lines that a person or
 * another program has written. */
#pragma once

#include <stddef.h>

#include <glib.h>

#include "bus/event.h"

/* The domain of the errors below; there is one code, 0. */
#define EVENT_JSON_ERROR (event_json_error_quark())
GQuark event_json_error_quark(void);

/* The type has to be there, and what events of this type cannot be without; numbers may be missing
 * and are 0, and keys that are not known or not of this type are passed over. A newline at the end
 * is no matter; longer lines than EVENT_JSON_MAX_BYTES are refused. NULL with an error that tells
 * what is wrong and what would be right, but not in which line. */
Event *event_from_json_line(const char *line, size_t length, GError **error);
