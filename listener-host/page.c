/* The daemon bounds a page in bytes; how many events it has at most is for us to say, and is a
 * matter of what is cheap: from some hundred on a page costs little besides its events. */

#include "listener-host/page.h"

#include <errno.h>
#include <string.h>

#include "bus/cleanup.h"
#include "bus/event-page.h"
#include "bus/host-log.h"
#include "bus/names.h"

#define MAX_EVENTS 256

int page_request(const Peer *peer, const char *path, uint64_t after, CallAnswered answered,
                void *userdata, QueuedCall **ret)
{
        g_autoptr(sd_bus_message) call = NULL;
        int r;

        r = call_new(peer, path, BUS_INTERFACE_POOL, "Fetch", &call);
        if (r < 0)
                return r;
        r = sd_bus_message_append(call, "tu", after, (uint32_t)MAX_EVENTS);
        if (r < 0)
                return r;
        return call_send(peer, call, answered, userdata, ret);
}

static void warn_of_missing(const char *pool, uint64_t after, uint64_t oldest)
{
        if (oldest > after + 1)
                log_warn("pool %s: up to %" G_GUINT64_FORMAT
                         " events before the event %" G_GUINT64_FORMAT
                         " are lost: the event log has not kept them",
                                pool, oldest - after - 1, oldest);
}

int page_read(sd_bus_message *m, const char *run_id, const char *pool, FeedPage *ret)
{
        uint64_t after, last, oldest, next;
        const char *its_run_id;
        GPtrArray *events;
        int r;

        r = sd_bus_message_read(m, "tttts", &after, &last, &oldest, &next, &its_run_id);
        if (r < 0)
                return r;
        if (strcmp(its_run_id, run_id) != 0)
                return -ESTALE;
        r = event_page_read(m, &events);
        if (r < 0)
                return r;
        warn_of_missing(pool, after, oldest);
        *ret = (FeedPage){
                .after = after, .last = last, .is_end = last + 1 >= next, .events = events
        };
        return 0;
}

void page_clear(FeedPage *page)
{
        g_clear_pointer(&page->events, g_ptr_array_unref);
}
