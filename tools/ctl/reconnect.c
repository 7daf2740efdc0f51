/* The timer only notes that it is time: a connection is waited for in a loop that goes on, and a
 * loop does not go on within a handler. */

#include "tools/ctl/reconnect.h"

#include <time.h>

#include "bus/cleanup.h"

#define PAUSE_USEC (G_USEC_PER_SEC / 2)
/* Other machines count attempts. */
#define REMOTE_PAUSE_USEC (2 * G_USEC_PER_SEC)

struct Reconnect {
        Client *client; /* borrowed */
        sd_event_source *timer;
        bool is_under_way, is_due;
};

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
        Reconnect *reconnect = userdata;

        reconnect->is_due = true;
        return 0;
}

Reconnect *reconnect_new(Client *client, sd_event *loop)
{
        g_autoptr(Reconnect) reconnect = g_new0(Reconnect, 1);

        reconnect->client = client;
        if (sd_event_add_time_relative(loop, &reconnect->timer, CLOCK_MONOTONIC, 0, 0, on_time,
                            reconnect) < 0 ||
                        sd_event_source_set_enabled(reconnect->timer, SD_EVENT_OFF) < 0)
                return NULL;
        return g_steal_pointer(&reconnect);
}

Reconnect *reconnect_free(Reconnect *reconnect)
{
        if (!reconnect)
                return NULL;
        sd_event_source_disable_unref(reconnect->timer);
        g_free(reconnect);
        return NULL;
}

void reconnect_again(Reconnect *reconnect)
{
        bool is_remote = client_is_remote(reconnect->client);

        (void)sd_event_source_set_time_relative(
                        reconnect->timer, is_remote ? REMOTE_PAUSE_USEC : PAUSE_USEC);
        (void)sd_event_source_set_enabled(reconnect->timer, SD_EVENT_ONESHOT);
}

bool reconnect_begin(Reconnect *reconnect)
{
        if (reconnect->is_under_way)
                return false;
        reconnect->is_under_way = true;
        reconnect_again(reconnect);
        return true;
}

bool reconnect_is_under_way(const Reconnect *reconnect)
{
        return reconnect->is_under_way;
}

void reconnect_end(Reconnect *reconnect)
{
        reconnect->is_under_way = false;
}

bool reconnect_work(Reconnect *reconnect)
{
        if (!reconnect->is_due)
                return false;
        reconnect->is_due = false;
        if (client_reconnect(reconnect->client, NULL))
                return true;
        reconnect_again(reconnect);
        return false;
}
