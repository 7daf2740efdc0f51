/* sd-bus handles what it has read ahead from a timer that it sets anew before each round, and
 * sd-event serves first who has waited longest: in a loop that always has something else to do the
 * turn of that timer never comes, and neither a call nor the greeting of a new connection would be
 * answered. Here each turn is a source of its own, which keeps its place.
 *
 * sd-bus has no way to write without reading. But when something can be written, processing does
 * that and nothing else; so while there is too much to be written the bus is taken out of the loop,
 * and processed only when its socket can take more. */

#include "daemon/face/pump.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/epoll.h>

#include "bus/cleanup.h"

/* Messages that wait to be sent. Where one does no call is handled, only refused, see CallOrder; so
 * all of them are to be gone once in a while. */
#define PAUSE_AT 64
#define GO_ON_AT 0

struct Pump {
        sd_bus *bus;            /* borrowed */
        sd_event *event;        /* borrowed */
        sd_event_source *watch; /* never comes itself: for what is to be done before each round */
        sd_event_source *turn;  /* while one waits */
        sd_event_source *drain; /* while nothing is read */
        bool is_broken;         /* the connection; what waits is sent no more, and stays */
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

static uint64_t n_unsent(const Pump *pump)
{
        uint64_t queued = 0;

        return sd_bus_get_n_queued_write(pump->bus, &queued) < 0 ? 0 : queued;
}

static void go_on(Pump *pump)
{
        pump->drain = sd_event_source_disable_unref(pump->drain);
        (void)sd_bus_attach_event(pump->bus, pump->event, SD_EVENT_PRIORITY_NORMAL);
}

/* A connection that is broken is for sd-bus again. The pump may be gone after processing. */
static int on_writable(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        Pump *pump = userdata;
        g_autoptr(sd_bus) bus = sd_bus_ref(pump->bus);

        pump->is_broken = revents & (EPOLLHUP | EPOLLERR);
        if (pump->is_broken || n_unsent(pump) <= GO_ON_AT)
                go_on(pump);
        else
                (void)sd_bus_process(bus, NULL);
        return 0;
}

/* With a descriptor of its own, since a loop takes each only once. */
static int watch_writable(Pump *pump)
{
        autofd fd = fcntl(sd_bus_get_fd(pump->bus), F_DUPFD_CLOEXEC, 3);
        int r;

        if (fd < 0)
                return -errno;
        r = sd_event_add_io(pump->event, &pump->drain, fd, EPOLLOUT, on_writable, pump);
        if (r >= 0)
                r = sd_event_source_set_io_fd_own(pump->drain, true);
        if (r >= 0)
                fd = -1;
        return r;
}

static void pause_reading(Pump *pump)
{
        if (watch_writable(pump) < 0)
                return;
        pump->turn = sd_event_source_disable_unref(pump->turn);
        (void)sd_bus_detach_event(pump->bus);
}

static int before_round(sd_event_source *source, void *userdata)
{
        Pump *pump = userdata;
        uint64_t queued = 0;

        if (pump->drain)
                return 0;
        if (!pump->is_broken && n_unsent(pump) > PAUSE_AT) {
                pause_reading(pump);
                return 0;
        }
        if (pump->turn || sd_bus_get_n_queued_read(pump->bus, &queued) < 0 || queued == 0)
                return 0;
        return sd_event_add_defer(pump->event, &pump->turn, on_turn, pump);
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
        pump->event = sd_bus_get_event(bus);
        r = sd_event_add_time(
                        pump->event, &pump->watch, CLOCK_MONOTONIC, UINT64_MAX, 0, on_watch, pump);
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
        sd_event_source_disable_unref(pump->drain);
        g_free(pump);
        return NULL;
}
