/* Event fixture: an event of each type, for what carries events from one form into another. */
#pragma once

#include "bus/event.h"

/* With all that a concrete type has; the data is no text. */
Event *event_example(EventType type);
/* Fails the test where a field differs. */
void event_assert_same(const Event *a, const Event *b);
