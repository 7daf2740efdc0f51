/* Event message: an Event on its way over the bus, as a signal of org.busvisor1.Events or as an
 * item of a page that EventsSince answers.
 *
 * Both have the same arguments, in the order that data/org.busvisor1.Events.xml documents: serial,
 * the serial before it in the same stream, wall-clock and monotonic time in microseconds, what the
 * kind of event adds, and a map for what is added later. */
#pragma once

#include <stdint.h>

#include <systemd/sd-bus.h>

#include "bus/event.h"

/* The member name of the signal for a type, "ProcessStateChanged". */
const char *event_message_member(EventType type);

/* The argument types of that signal, for vtables and readers: "ttttsssuub…". NULL when there is no
 * such signal. */
const char *event_message_signature(const char *member);

/* A signal, ready to be sent. previous is the serial of the event before this one that was for the
 * same audience, 0 when there was none. Negative errno of sd-bus. */
int event_message_new_signal(
                sd_bus *bus, const Event *event, uint64_t previous, sd_bus_message **ret);

/* Reads a signal of org.busvisor1.Events. -EBADMSG when it is none, or is not what its name says.
 */
int event_message_read_signal(sd_bus_message *message, Event **ret_event, uint64_t *ret_previous);

/* One item, type (sv): the member name and a struct of the signal's arguments. Append it into an
 * open array of that type; reading answers 0 at the end of the array, 1 with an event. */
#define EVENT_MESSAGE_PAGE_ITEM "sv"
int event_message_append_item(sd_bus_message *message, const Event *event, uint64_t previous);
int event_message_read_item(sd_bus_message *message, Event **ret_event, uint64_t *ret_previous);
