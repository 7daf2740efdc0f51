/* A page that has events says nothing about whether there are more: only an empty one ends the
 * lagging, so that the daemon need not look ahead. */

#include "listener-host/page.h"

#include <errno.h>
#include <string.h>

#include "bus/cleanup.h"
#include "bus/event-message.h"
#include "bus/names.h"
#include "listener-host/host-log.h"

int page_request(const Peer *peer, uint64_t after, char **types, uint32_t max,
                sd_bus_message_handler_t callback, void *userdata, sd_bus_slot **ret_slot)
{
        g_autoptr(sd_bus_message) call = NULL;
        int r;

        r = call_new(peer, BUS_PATH, BUS_INTERFACE_EVENTS, "EventsSince", &call);
        if (r < 0)
                return r;
        r = sd_bus_message_append(call, "t", after);
        if (r < 0)
                return r;
        r = sd_bus_message_append_strv(call, types);
        if (r < 0)
                return r;
        r = sd_bus_message_append(call, "u", max);
        if (r < 0)
                return r;
        return call_send(peer, call, callback, userdata, ret_slot);
}

static void warn_of_missing(const Feed *feed, uint64_t oldest, const char *pool)
{
        uint64_t missing = feed_missing(feed, oldest);

        if (missing > 0)
                log_warn("pool %s: the event log begins with %" G_GUINT64_FORMAT
                         ": up to %" G_GUINT64_FORMAT " events before it are lost",
                                pool, oldest, missing);
}

static int read_events(sd_bus_message *answer, Feed *feed, unsigned *ret_n)
{
        unsigned n = 0;
        int r = sd_bus_message_enter_container(answer, 'a', "(" EVENT_MESSAGE_PAGE_ITEM ")");

        if (r < 0)
                return r;
        while (true) {
                g_autoptr(Event) event = NULL;
                uint64_t previous;

                r = event_message_read_item(answer, &event, &previous);
                if (r < 0)
                        return r;
                if (r == 0)
                        break;
                n++;
                if (!feed_page_event(feed, event))
                        break;
        }
        *ret_n = n;
        return 0;
}

int page_read(sd_bus_message *answer, const char *run_id, const char *pool, Feed *feed,
                unsigned *ret_n)
{
        uint64_t oldest, next;
        const char *its_run_id;
        unsigned n;
        int r;

        r = sd_bus_message_read(answer, "tts", &oldest, &next, &its_run_id);
        if (r < 0)
                return r;
        if (strcmp(its_run_id, run_id) != 0)
                return -ESTALE;
        warn_of_missing(feed, oldest, pool);
        r = read_events(answer, feed, &n);
        if (r < 0)
                return r;
        if (n == 0)
                feed_page_empty(feed, next);
        *ret_n = n;
        return 0;
}
