/* There is one call at a time, and what comes by itself only comes while there is none, so nothing
 * can overtake anything. */

#include "listener-host/supply.h"

#include <errno.h>

#include "bus/cleanup.h"
#include "bus/host-log.h"
#include "listener-host/page.h"

struct Supply {
        const Peer *peer; /* borrowed */
        char *path, *pool, *run_id;
        Feed *feed;
        QueuedCall *call;
        const SupplyObserver *observer;
        void *userdata; /* borrowed */
};

Supply *supply_new(const SupplySource *source, const SupplyObserver *observer, void *userdata)
{
        Supply *supply = g_new0(Supply, 1);

        supply->peer = source->peer;
        supply->path = g_strdup(source->path);
        supply->pool = g_strdup(source->pool);
        supply->run_id = g_strdup(source->run_id);
        supply->feed = feed_new(source->after);
        supply->observer = observer;
        supply->userdata = userdata;
        return supply;
}

Supply *supply_free(Supply *supply)
{
        if (!supply)
                return NULL;
        queued_call_cancel(supply->call);
        feed_free(supply->feed);
        g_free(supply->run_id);
        g_free(supply->pool);
        g_free(supply->path);
        g_free(supply);
        return NULL;
}

Feed *supply_feed(const Supply *supply)
{
        return supply->feed;
}

static void report_failure(Supply *supply, const char *why)
{
        supply->observer->failed("Fetch", why, supply->userdata);
}

static int take_answer(Supply *supply, sd_bus_message *reply)
{
        g_auto(FeedPage) page = { 0 };
        int r = page_read(reply, supply->run_id, supply->pool, &page);

        if (r < 0)
                return r;
        return feed_take_answer(supply->feed, &page) ? 0 : -EBADMSG;
}

static void on_answer(sd_bus_message *reply, const sd_bus_error *error, void *userdata)
{
        Supply *supply = userdata;
        int r;

        supply->call = NULL;
        if (error) {
                report_failure(supply, error->message);
                return;
        }
        r = take_answer(supply, reply);
        if (r < 0)
                report_failure(supply, g_strerror(-r));
        else
                supply->observer->arrived(supply->userdata);
}

void supply_fetch(Supply *supply, size_t n_waiting)
{
        int r;

        if (!supply->peer->bus || supply->call || !feed_is_hungry(supply->feed, n_waiting))
                return;
        r = page_request(supply->peer, supply->path, feed_end(supply->feed), on_answer, supply,
                        &supply->call);
        if (r < 0)
                report_failure(supply, g_strerror(-r));
}

void supply_arrived(Supply *supply, sd_bus_message *signal)
{
        g_auto(FeedPage) page = { 0 };
        int r = page_read(signal, supply->run_id, supply->pool, &page);

        if (r < 0) {
                report_failure(supply, g_strerror(-r));
                return;
        }
        feed_take_arrived(supply->feed, &page);
        supply->observer->arrived(supply->userdata);
}

void supply_reset(Supply *supply)
{
        supply->call = queued_call_cancel(supply->call);
        feed_reset(supply->feed);
}
