/* RPC host: busvisor-rpc-host, which serves the HTTP sockets.
 *
 * It is started when a connection waits at one of them and ends by itself when nobody needs it;
 * while it runs the sockets are not looked at here. They stay open all the time, so what waits when
 * one ends is served by the next; only while it has to rest after it has failed again and again is
 * what waits told so. */
#pragma once

#include <signal.h>
#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-event.h>

#include "daemon/host-user.h"
#include "daemon/http-sockets.h"

typedef struct RpcHost RpcHost;

typedef struct RpcHostSetup {
        sd_event *event;
        HttpSockets *sockets;        /* borrowed for good */
        const sigset_t *signal_mask; /* likewise */
        const HostUser *user;        /* to run it as; likewise */
        const char *bus_name;
        bool debug; /* it is to say more */
} RpcHostSetup;

/* Looks at no socket before rpc_host_settle() and rpc_host_open(). */
RpcHost *rpc_host_new(const RpcHostSetup *setup);
RpcHost *rpc_host_free(RpcHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RpcHost, rpc_host_free)

/* Is this what the present process was given to prove itself with? */
bool rpc_host_check_token(const RpcHost *host, const char *token);

/* See http_sockets_settle(); a process that serves other settings than these ends. */
void rpc_host_settle(RpcHost *host, const Config *config);
/* From now on it is started for connections: there is a bus, or it is clear that there is none.
 * What comes before waits, as it could be told only to come again. */
void rpc_host_open(RpcHost *host);
/* Where the daemon can be found. A process that was told something else ends. */
void rpc_host_set_bus_address(RpcHost *host, const char *address);
/* Ends it for good, and answers nobody any more: see helper_retire(). */
void rpc_host_retire(RpcHost *host, void (*gone)(void *userdata), void *userdata);
