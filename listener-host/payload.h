/* Payload: the text of an event as Supervisor's listeners know it, and the header line before it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "bus/event.h"
#include "bus/pool-options.h"

/* The payload alone: UTF-8, which may hold zero bytes. Caller owns it. */
GString *payload_text(const Event *event);

/* What a pool asked for besides. */
typedef struct PayloadStyle {
        bool extras;          /* more facts at the end of the header */
        PayloadLength length; /* what "len" in the header counts */
} PayloadStyle;

/* What messages are made in, one after the other. */
typedef struct PayloadBuffer {
        GString *text, *message;
} PayloadBuffer;

void payload_buffer_init(PayloadBuffer *buffer);
void payload_buffer_clear(PayloadBuffer *buffer);
/* Header line and payload in buffer->message, in place of the last one. */
void payload_make(PayloadBuffer *buffer, const Event *event, const char *server, const char *pool,
                uint64_t poolserial, const PayloadStyle *style);
/* The same, alone. Caller owns it. */
GBytes *payload_message(const Event *event, const char *server, const char *pool,
                uint64_t poolserial, const PayloadStyle *style);
