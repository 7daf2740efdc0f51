/* Uplink: the connection to the bus and to the daemon there, lost and found again. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

typedef struct Uplink Uplink;

typedef struct UplinkHandler {
        /* The daemon has taken us on. servers, of Server, is borrowed. Said again, perhaps with
         * another bus, when it has been down. */
        void (*on_up)(sd_bus *bus, const char *identifier, GPtrArray *servers, void *userdata);
        /* While it is up: these are the servers from now on. */
        void (*on_servers)(GPtrArray *servers, void *userdata);
        /* Nobody is there; also the first time that there is not. */
        void (*on_down)(void *userdata);
        void *userdata;
} UplinkHandler;

/* address NULL = there is no bus to look for. token "" = none was given. All is copied. */
Uplink *uplink_new(sd_event *loop, const char *address, const char *bus_name, const char *token,
                const UplinkHandler *handler);
Uplink *uplink_free(Uplink *uplink);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Uplink, uplink_free)

bool uplink_is_up(const Uplink *uplink);
/* While it is up; borrowed. */
sd_bus *uplink_bus(const Uplink *uplink);
const char *uplink_bus_name(const Uplink *uplink);
/* Why there is nobody, for people: a sentence. */
const char *uplink_trouble(const Uplink *uplink);

void uplink_start(Uplink *uplink);
/* At the end: the servers are not asked for any more, as those that are served are of before. */
void uplink_hold(Uplink *uplink);
