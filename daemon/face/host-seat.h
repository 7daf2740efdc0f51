/* Host seat: which connection is the listener-host.
 *
 * There is one at a time, since two would read and write the same pipes. One that the daemon has
 * started takes the seat from any other; any other only takes an empty one, while the daemon's own
 * does not live. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-bus.h>

typedef struct HostSeat HostSeat;

typedef struct HostSeatObserver {
        /* The seat is empty now. */
        void (*emptied)(void *userdata);
        /* A host that the daemon has not started is gone from the seat, and with it what its
         * listeners were in the middle of. */
        void (*foreign_left)(void *userdata);
} HostSeatObserver;

/* observer is borrowed. */
HostSeat *host_seat_new(const HostSeatObserver *observer, void *userdata);
HostSeat *host_seat_free(HostSeat *seat);

/* The host that the daemon has started is in the seat. */
bool host_seat_is_ours(const HostSeat *seat);

/* The sender of this call takes the seat. is_ours: it showed the token of the host that the daemon
 * has started; serial: of the last event so far. AccessDenied when there is another; negative
 * errno. */
int host_seat_take(HostSeat *seat, sd_bus_message *call, bool is_ours, uint64_t serial,
                sd_bus_error *error);
/* The bus is gone, and with it the occupant's name. */
void host_seat_clear(HostSeat *seat);
/* The process of the daemon's own host has ended. */
void host_seat_note_end(HostSeat *seat);
/* 0, or AccessDenied when the sender of this call is not in the seat, or StaleGeneration when the
 * pool that the call is for began (after the event with that serial) since it attached: it can only
 * mean an older one of that name. */
int host_seat_check(
                const HostSeat *seat, sd_bus_message *call, uint64_t begun, sd_bus_error *error);
