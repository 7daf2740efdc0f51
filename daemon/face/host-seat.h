/* Host seat: which connection is the listener-host. There is one at a time; a newcomer takes the
 * seat over. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-bus.h>

typedef struct HostSeat HostSeat;

/* on_left: an occupant without a token, so not one that the daemon started, has left the bus. */
HostSeat *host_seat_new(void (*on_left)(void *userdata), void *userdata);
HostSeat *host_seat_free(HostSeat *seat);

/* The sender of this call takes the seat. started_by_us: it showed the token; serial: of the last
 * event so far. Negative errno. */
int host_seat_take(HostSeat *seat, sd_bus_message *call, bool started_by_us, uint64_t serial);
/* The bus is gone, and with it the occupant's name. */
void host_seat_clear(HostSeat *seat);
/* 0, or AccessDenied when the sender of this call is not in the seat, or StaleGeneration when the
 * pool that the call is for began (after the event with that serial) since it took the seat: it can
 * only mean an older one of that name. */
int host_seat_check(
                const HostSeat *seat, sd_bus_message *call, uint64_t begun, sd_bus_error *error);
