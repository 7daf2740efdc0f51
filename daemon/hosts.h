/* Hosts: the listener-host, kept up while there are listener pools, and where the programs of the
 * hosts lie. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-event.h>

#include "daemon/host-user.h"

typedef struct Hosts Hosts;

/* The listener-host process has ended. */
typedef void (*ListenerHostEnded)(void *userdata);

typedef struct HostsSetup {
        sd_event *event;
        const sigset_t *signal_mask; /* for the hosts; borrowed for good */
        const char *bus_name;
        const HostUser *user; /* borrowed for good */
        bool debug;           /* the hosts are to say more */
        ListenerHostEnded on_listener_host_ended;
        void *userdata;
} HostsSetup;

Hosts *hosts_new(const HostsSetup *setup);
Hosts *hosts_free(Hosts *hosts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Hosts, hosts_free)

/* Starts the listener-host, on the bus with this address, if it does not run. */
void hosts_start_listener_host(Hosts *hosts, const char *bus_address);
/* Ends it for good: see helper_retire(). */
void hosts_retire(Hosts *hosts, void (*gone)(void *userdata), void *userdata);
/* Is this what the present listener-host was given to prove itself with? */
bool hosts_check_token(const Hosts *hosts, const char *token);

/* Path of one of our programs: beside this one (as in a build folder), else in ../libexec/busvisor
 * (as in any prefix), else where it was to be installed. Caller frees with g_free. */
char *hosts_find_program(const char *name);
