/* When a host that the daemon started leaves the bus it may only have lost it; that its process
 * ends is seen elsewhere. Of any other the connection is all that we know. */

#include "daemon/face/host-seat.h"

#include <glib.h>

#include "bus/cleanup.h"
#include "bus/error.h"
#include "daemon/face/name-watch.h"

struct HostSeat {
        char *occupant; /* unique name; NULL = empty */
        bool started_by_us;
        uint64_t serial; /* of the last event when it attached */
        sd_bus_slot *watch;
        void (*on_left)(void *userdata);
        void *userdata;
};

HostSeat *host_seat_new(void (*on_left)(void *userdata), void *userdata)
{
        HostSeat *seat = g_new0(HostSeat, 1);

        seat->on_left = on_left;
        seat->userdata = userdata;
        return seat;
}

HostSeat *host_seat_free(HostSeat *seat)
{
        if (!seat)
                return NULL;
        host_seat_clear(seat);
        g_free(seat);
        return NULL;
}

void host_seat_clear(HostSeat *seat)
{
        seat->watch = sd_bus_slot_unref(seat->watch);
        g_clear_pointer(&seat->occupant, g_free);
}

static int on_gone(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        HostSeat *seat = userdata;
        bool started_by_us = seat->started_by_us;

        host_seat_clear(seat);
        if (!started_by_us)
                seat->on_left(seat->userdata);
        return 0;
}

int host_seat_take(HostSeat *seat, sd_bus_message *call, bool started_by_us, uint64_t serial)
{
        const char *sender = sd_bus_message_get_sender(call);
        sd_bus_slot *watch;
        int r;

        r = name_watch_new(sd_bus_message_get_bus(call), sender, on_gone, seat, &watch);
        if (r < 0)
                return r;
        host_seat_clear(seat);
        seat->watch = watch;
        seat->occupant = g_strdup(sender);
        seat->started_by_us = started_by_us;
        seat->serial = serial;
        return 0;
}

int host_seat_check(const HostSeat *seat, sd_bus_message *call, uint64_t begun, sd_bus_error *error)
{
        if (g_strcmp0(seat->occupant, sd_bus_message_get_sender(call)) != 0)
                return sd_bus_error_setf(error, SD_BUS_ERROR_ACCESS_DENIED,
                                "%s is only for the listener-host; call AttachListenerHost first",
                                sd_bus_message_get_member(call));
        if (begun > seat->serial)
                return sd_bus_error_set(error, BUS_ERROR_STALE_GENERATION,
                                "this pool is another one now; call AttachListenerHost again");
        return 0;
}
