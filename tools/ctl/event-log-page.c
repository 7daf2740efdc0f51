/* Whether we may see everything is asked by reading something that is not there: a page behind the
 * end of the log, of all types. The daemon does not ask the bus who we are unless it must, so
 * without types it would leave out on a shared bus what its owner may see. */

#include "tools/ctl/event-log-page.h"

#include <errno.h>

#include "bus/cleanup.h"
#include "bus/event-message.h"
#include "bus/names.h"
#include "tools/ctl/failure.h"
#include "tools/ctl/output.h"

const char *const event_log_page_public_types[] = { "PROCESS_STATE", "PROCESS_GROUP",
        "SUPERVISOR_STATE_CHANGE", "TICK", NULL };

static bool fail(int r, GError **error)
{
        client_set_error(NULL, r, EVENT_LOG_PAGE_ACTION, error);
        return false;
}

int event_log_page_new_call(Client *client, uint64_t after, const char *const *types, uint32_t max,
                sd_bus_message **ret)
{
        g_autoptr(sd_bus_message) call = NULL;
        int r = client_new_call(client, BUS_INTERFACE_EVENTS, "EventsSince", &call);

        if (r < 0)
                return r;
        r = sd_bus_message_append(call, "t", after);
        if (r < 0)
                return r;
        r = sd_bus_message_append_strv(call, (char **)types);
        if (r < 0)
                return r;
        r = sd_bus_message_append(call, "u", max);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&call);
        return 0;
}

bool event_log_page_init(EventLogPage *page, uint64_t after, sd_bus_message *reply, GError **error)
{
        const char *run_id;
        int r = sd_bus_message_read(reply, "tts", &page->oldest, &page->next, &run_id);

        if (r >= 0)
                r = sd_bus_message_enter_container(reply, 'a', "(" EVENT_MESSAGE_PAGE_ITEM ")");
        if (r < 0)
                return fail(r, error);
        page->after = after;
        page->message = sd_bus_message_ref(reply);
        return true;
}

bool event_log_page_read(Client *client, uint64_t after, const char *const *types, uint32_t max,
                EventLogPage *ret, GError **error)
{
        g_autoptr(sd_bus_message) call = NULL;
        g_autoptr(sd_bus_message) reply = NULL;
        int r = event_log_page_new_call(client, after, types, max, &call);

        if (r < 0)
                return fail(r, error);
        return client_call(client, call, CLIENT_TIMEOUT, EVENT_LOG_PAGE_ACTION, &reply, error) &&
               event_log_page_init(ret, after, reply, error);
}

void event_log_page_clear(EventLogPage *page)
{
        sd_bus_message_unref(page->message);
        *page = (EventLogPage){ 0 };
}

/* Serials that do not grow would have us read for ever. */
bool event_log_page_next(EventLogPage *page, Event **ret_event, GError **error)
{
        g_autoptr(Event) event = NULL;
        uint64_t previous;
        int r = event_message_read_item(page->message, &event, &previous);

        if (r < 0 || (event && event->serial <= page->after))
                return fail(r < 0 ? r : -EBADMSG, error);
        if (event)
                page->after = event->serial;
        *ret_event = g_steal_pointer(&event);
        return true;
}

void event_log_page_tell_gap(const EventLogPage *page)
{
        g_autofree char *text = NULL;

        if (page->after == 0 || page->oldest <= page->after + 1)
                return;
        text = g_strdup_printf("events %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
                               " are no longer in the event log",
                        page->after + 1, page->oldest - 1);
        output_error(text);
}

bool event_log_page_visible_types(Client *client, const char *const **ret_types, GError **error)
{
        static const char *const all_types[] = { "EVENT", NULL };
        g_auto(EventLogPage) page = { 0 };
        g_autoptr(GError) own = NULL;

        if (event_log_page_read(client, UINT64_MAX, all_types, 1, &page, &own)) {
                *ret_types = all_types;
                return true;
        }
        if (g_error_matches(own, FAILURE, FAILURE_REFUSED)) {
                *ret_types = event_log_page_public_types;
                return true;
        }
        g_propagate_error(error, g_steal_pointer(&own));
        return false;
}
