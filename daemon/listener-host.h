/* Listener host: the process busvisor-listener-host, kept up from the first listener pool on.
 *
 * What it does there it says over the bus; here it is a Helper with the daemon's user for hosts and
 * a StartToken. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-event.h>

#include "daemon/host-user.h"

typedef struct ListenerHost ListenerHost;

typedef struct ListenerHostSetup {
        sd_event *event;
        const sigset_t *signal_mask; /* for it; borrowed for good */
        const char *bus_name;
        const HostUser *user;             /* borrowed for good */
        bool debug;                       /* it is to say more */
        void (*on_ended)(void *userdata); /* the process; it will be started again */
        void *userdata;
} ListenerHostSetup;

ListenerHost *listener_host_new(const ListenerHostSetup *setup);
ListenerHost *listener_host_free(ListenerHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ListenerHost, listener_host_free)

/* Starts it, for the bus with this address, if it does not run. */
void listener_host_start(ListenerHost *host, const char *bus_address);
/* Ends it for good: see helper_retire(). */
void listener_host_retire(ListenerHost *host, void (*gone)(void *userdata), void *userdata);
/* Is this what the present process was given to prove itself with? */
bool listener_host_check_token(const ListenerHost *host, const char *token);
