/* Check delivery: one event given to the listener that is checked, up to its answer, with an eye on
 * how it is read.
 *
 * An answer can come too early without any sign of it on stdout. So the last byte of an event comes
 * a little later, one event is held back for longer behind its header line, and one with characters
 * of two bytes at the place where who counts bytes has enough of it: whoever answers then has not
 * read it all. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "listener-host/check-events.h"
#include "listener-host/check-session.h"
#include "listener-host/payload.h"

/* How events are given, and what is known about the listener by now. */
typedef struct Delivery {
        CheckReport *report; /* borrowed */
        PayloadStyle style; /* what len counts is adjusted to the listener, once it has been told */
        uint64_t timeout_usec;
        bool is_thorough; /* holds events back, and is told of events in pieces */
        bool has_probed_payload, has_probed_length;
        uint64_t n_given; /* the poolserial of the next event */
} Delivery;

/* The listener has to be ready. Slips and the outcome are in the report afterwards. Answers
 * HAPPENING_ACCEPTED, _REFUSED or _LOST; with _OUT_OF_STEP, _NOTHING and _ENDED the session is good
 * for nothing any more. */
Happening delivery_give(Delivery *delivery, Session *session, const CheckItem *item);
