/* Link: the daemon's connection to a bus: which one, the name on it, and again when it is lost.
 * Nothing in it waits.
 *
 * The bus is chosen once: "auto" tries the system bus (root) or the session bus (others), then the
 * private one, and what first lets us have the name stays. A named one stays whatever happens.
 * Later losses are mended on the same bus, with a delay that grows from 100 ms to 5 s. A bus that
 * takes nothing any more counts as lost. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "daemon/face/access.h"
#include "daemon/runtime-folder.h"
#include "daemon/host-user.h"

typedef struct Link Link;

typedef struct LinkSetup {
        sd_event *event;
        const char *bus; /* auto, system, user, private or an address */
        const char *bus_name;
        const RuntimeFolder *folder; /* of the private bus; NULL = there can be none */
        const HostUser *hosts;       /* whom the private bus admits besides; borrowed for good */
        const sigset_t *signal_mask; /* for dbus-daemon; borrowed for good */
        /* Connected, but the name is not ours yet: register objects. */
        int (*on_connected)(sd_bus *bus, AccessCrowd crowd, void *userdata);
        /* The name is ours. */
        void (*on_ready)(const char *address, void *userdata);
        /* The connection is gone, or given up before it was ready. */
        void (*on_lost)(void *userdata);
        /* Once, at the start: no bus could be had so far; it is tried further. */
        void (*on_failed)(const GError *error, void *userdata);
        void *userdata;
} LinkSetup;

/* Strings are copied. */
Link *link_new(const LinkSetup *setup);
Link *link_free(Link *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Link, link_free)

/* Begins; may report a failure at once. */
void link_start(Link *link);
/* Sends what is queued, at most for so long. */
void link_flush(Link *link, uint64_t usec);
