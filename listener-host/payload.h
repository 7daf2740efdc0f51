/* Payload: the text of an event as Supervisor's listeners know it, and the header line before it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "bus/event.h"

/* False for types that have no text yet. */
bool payload_is_known(EventType type);

/* The payload alone; caller frees with g_free. NULL when the type has no text. */
char *payload_text(const Event *event);

/* Header line and payload. "len" in the header counts characters, as Supervisor does on Python 3.
 * The type must have a text. Caller owns it. */
GBytes *payload_message(
                const Event *event, const char *server, const char *pool, uint64_t poolserial);
