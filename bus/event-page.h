/* Event page: many events in one message, for the listener-host, which has to be quick.
 *
 * Not a structure for each event but a column for each kind of field, since sd-bus takes an array
 * of numbers as a whole: what an event costs is then little more than its bytes. */
#pragma once

#include <stddef.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "bus/event.h"

typedef struct EventPage EventPage;

/* The arguments that a page takes in a message: times and serials, numbers, names, data. */
#define EVENT_PAGE "atauasay"

EventPage *event_page_new(void);
EventPage *event_page_free(EventPage *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EventPage, event_page_free)

/* The last one. Takes a reference of its own. */
void event_page_add(EventPage *page, const Event *event);
size_t event_page_n_events(const EventPage *page);
/* About what it takes in a message. */
size_t event_page_bytes(const EventPage *page);
/* Negative errno of sd-bus. */
int event_page_append(const EventPage *page, sd_bus_message *message);

/* Reads the four arguments; the events (of Event, owned by the array) are in the order in which
 * they were added. -EBADMSG when they are no page; other negative errnos of sd-bus. */
int event_page_read(sd_bus_message *message, GPtrArray **ret_events);
