/* When a host that the daemon started leaves the bus it may only have lost it, and it still holds
 * its pipes; that its process ends is seen elsewhere. Of any other the connection is all that we
 * know. */

#include "daemon/face/host-seat.h"

#include <glib.h>

#include "bus/error.h"
#include "daemon/face/name-watch.h"

struct HostSeat {
        char *occupant;    /* unique name; NULL = empty */
        bool is_ours;      /* the occupant */
        bool ours_is_live; /* our own has been here, and its process has not ended */
        uint64_t serial;   /* of the last event when it attached */
        NameWatch *watch;
        const HostSeatObserver *observer; /* borrowed */
        void *userdata;
};

HostSeat *host_seat_new(const HostSeatObserver *observer, void *userdata)
{
        HostSeat *seat = g_new0(HostSeat, 1);

        seat->observer = observer;
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
        seat->watch = name_watch_free(seat->watch);
        if (!seat->occupant)
                return;
        g_clear_pointer(&seat->occupant, g_free);
        seat->observer->emptied(seat->userdata);
}

bool host_seat_is_ours(const HostSeat *seat)
{
        return seat->occupant && seat->is_ours;
}

void host_seat_note_end(HostSeat *seat)
{
        seat->ours_is_live = false;
        if (seat->is_ours)
                host_seat_clear(seat);
}

/* Empties the seat; whose host it was decides what follows. */
static void leave(HostSeat *seat)
{
        bool was_foreign = seat->occupant && !seat->is_ours;

        host_seat_clear(seat);
        if (was_foreign)
                seat->observer->foreign_left(seat->userdata);
}

static void on_gone(void *userdata)
{
        leave(userdata);
}

static bool is_occupant(const HostSeat *seat, sd_bus_message *call)
{
        return g_strcmp0(seat->occupant, sd_bus_message_get_sender(call)) == 0;
}

int host_seat_take(HostSeat *seat, sd_bus_message *call, bool is_ours, uint64_t serial,
                sd_bus_error *error)
{
        const char *sender = sd_bus_message_get_sender(call);
        NameWatch *watch;
        int r;

        if (is_occupant(seat, call)) {
                seat->serial = serial;
                return 0;
        }
        if (!is_ours && (seat->occupant || seat->ours_is_live))
                return sd_bus_error_set(error, SD_BUS_ERROR_ACCESS_DENIED,
                                "there is a listener-host already, and two cannot serve the same "
                                "listeners");
        r = name_watch_new(sd_bus_message_get_bus(call), sender, on_gone, seat, &watch);
        if (r < 0)
                return r;
        leave(seat);
        seat->watch = watch;
        seat->occupant = g_strdup(sender);
        seat->serial = serial;
        seat->is_ours = is_ours;
        seat->ours_is_live |= is_ours;
        return 0;
}

int host_seat_check(const HostSeat *seat, sd_bus_message *call, uint64_t begun, sd_bus_error *error)
{
        if (!is_occupant(seat, call))
                return sd_bus_error_setf(error, SD_BUS_ERROR_ACCESS_DENIED,
                                "%s is only for the listener-host; call AttachListenerHost first",
                                sd_bus_message_get_member(call));
        if (begun > seat->serial)
                return sd_bus_error_set(error, BUS_ERROR_STALE_GENERATION,
                                "this pool is another one now; call AttachListenerHost again");
        return 0;
}
