/* Event log page: a piece of the daemon's event log, as much of it as fits into one answer. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "bus/event.h"
#include "tools/ctl/client.h"

#define EVENT_LOG_PAGE_ACTION "read the event log"

typedef struct EventLogPage {
        sd_bus_message *message;
        uint64_t after;  /* the serial before the next event of the page, or lower */
        uint64_t oldest; /* of all that is kept; above after + 1 when something is gone */
        uint64_t next;   /* of the event that the daemon will make next */
} EventLogPage;

/* The first events after that serial, at most max of them (0 = as many as fit), of types that the
 * daemon knows (none = all that it gives without asking who wants them). */
bool event_log_page_read(Client *client, uint64_t after, const char *const *types, uint32_t max,
                EventLogPage *ret, GError **error);
/* The same without waiting: the call, and the page that an answer to it is. */
int event_log_page_new_call(Client *client, uint64_t after, const char *const *types, uint32_t max,
                sd_bus_message **ret);
bool event_log_page_init(EventLogPage *page, uint64_t after, sd_bus_message *reply, GError **error);
void event_log_page_clear(EventLogPage *page);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EventLogPage, event_log_page_clear)

/* The next one, to be unref'd by the caller; NULL at the end of the page. A page without any means
 * that there is nothing more below page->next. */
bool event_log_page_next(EventLogPage *page, Event **ret_event, GError **error);

/* Told on stderr: what this page would have before its first event has left the log. Who reads
 * after 0 wants what there is. */
void event_log_page_tell_gap(const EventLogPage *page);

/* What to name where all is wanted that we may see: all types, or those that everybody may see. */
bool event_log_page_visible_types(Client *client, const char *const **ret_types, GError **error);
/* The latter. */
extern const char *const event_log_page_public_types[];
