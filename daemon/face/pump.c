/* sd-bus handles what it has read ahead from a timer that it sets anew before each round, and
 * sd-event serves first who has waited longest: in a loop that always has something else to do the
 * turn of that timer never comes, and neither a call nor the greeting of a new connection would be
 * answered. Here each turn is a source of its own, which keeps its place. */

#include "daemon/face/pump.h"

#include "bus/cleanup.h"

struct Pump {
        sd_bus *bus;            /* borrowed */
        sd_event_source *watch; /* never comes itself: for what is to be done before each round */
        sd_event_source *turn;  /* while one waits */
};

/* The pump may be gone after that. */
static int on_turn(sd_event_source *source, void *userdata)
{
        Pump *pump = userdata;
        g_autoptr(sd_bus) bus = sd_bus_ref(pump->bus);

        pump->turn = sd_event_source_disable_unref(pump->turn);
        /* A broken connection is noticed by sd-bus's own sources. */
        (void)sd_bus_process(bus, NULL);
        return 0;
}

static int before_round(sd_event_source *source, void *userdata)
{
        Pump *pump = userdata;
        uint64_t queued = 0;

        if (pump->turn || sd_bus_get_n_queued_read(pump->bus, &queued) < 0 || queued == 0)
                return 0;
        return sd_event_add_defer(sd_bus_get_event(pump->bus), &pump->turn, on_turn, pump);
}

static int on_watch(sd_event_source *source, uint64_t usec, void *userdata)
{
        return 0;
}

int pump_new(sd_bus *bus, Pump **ret)
{
        g_autoptr(Pump) pump = g_new0(Pump, 1);
        int r;

        pump->bus = bus;
        r = sd_event_add_time(sd_bus_get_event(bus), &pump->watch, CLOCK_MONOTONIC, UINT64_MAX, 0,
                        on_watch, pump);
        if (r >= 0)
                r = sd_event_source_set_prepare(pump->watch, before_round);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&pump);
        return 0;
}

Pump *pump_free(Pump *pump)
{
        if (!pump)
                return NULL;
        sd_event_source_disable_unref(pump->watch);
        sd_event_source_disable_unref(pump->turn);
        g_free(pump);
        return NULL;
}
