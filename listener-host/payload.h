/* Payload: the text of an event as Supervisor's listeners know it, and the header line before it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "bus/event.h"

/* The payload alone: UTF-8, which may hold zero bytes. Caller owns it. */
GString *payload_text(const Event *event);

/* What a pool asked for besides. */
typedef struct PayloadStyle {
        bool extras; /* more facts at the end of the header */
} PayloadStyle;

/* Header line and payload. "len" in the header counts characters, as Supervisor does on Python 3.
 * Caller owns it. */
GBytes *payload_message(const Event *event, const char *server, const char *pool,
                uint64_t poolserial, const PayloadStyle *style);
