/* RPC seats: which connections are rpc-hosts.
 *
 * They act for clients that they have let in, so they may do what the owner may. There is one that
 * the daemon has started, and a few that were started by hand. */
#pragma once

#include <stdbool.h>

#include <systemd/sd-bus.h>

typedef struct RpcSeats RpcSeats;

/* That the daemon has not started. */
#define RPC_SEATS_MAX 8

RpcSeats *rpc_seats_new(void);
RpcSeats *rpc_seats_free(RpcSeats *seats);

/* There is at least one. */
bool rpc_seats_are_taken(const RpcSeats *seats);
/* name: unique, of a connection. */
bool rpc_seats_has(const RpcSeats *seats, const char *name);

/* The sender of this call takes a seat. is_ours: it showed the token of the host that the daemon
 * has started. LimitsExceeded when there are too many; negative errno. */
int rpc_seats_take(RpcSeats *seats, sd_bus_message *call, bool is_ours, sd_bus_error *error);
/* The bus is gone, and all names with it. */
void rpc_seats_clear(RpcSeats *seats);
