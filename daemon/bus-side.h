/* Bus side: what the daemon is to others: its link to a bus, the objects that it shows there, and
 * the two hosts, which have to know where that is.
 *
 * It is settled once where the daemon can be found: there is a bus, or it is clear that there is
 * none, or five seconds have passed without an answer. Programs matter more than the bus. */
#pragma once

#include <signal.h>
#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-event.h>

#include "daemon/event/dead-letters.h"
#include "daemon/runtime-folder.h"
#include "daemon/host-user.h"
#include "daemon/http-sockets.h"
#include "daemon/process/manager.h"
#include "daemon/process/reload.h"

typedef struct BusSide BusSide;

/* All but userdata is borrowed for good. */
typedef struct BusSideSetup {
        sd_event *event;
        const Config *config;
        Manager *manager;
        Reload *reload;
        DeadLetters *dead_letters;
        HttpSockets *http_sockets;
        const RuntimeFolder *folder;
        const HostUser *host_user;
        const sigset_t *signal_mask; /* that children are to have */
        /* Once: programs can be started now. */
        void (*on_settled)(void *userdata);
        /* The bus that was asked for by name cannot be had; nothing is settled then. */
        void (*on_failed)(const GError *error, void *userdata);
        /* Somebody asked for it over the bus. An error is of RELOAD_ERROR. */
        void (*shut_down)(void *userdata);
        bool (*restart)(GError **error, void *userdata);
        void *userdata;
} BusSideSetup;

BusSide *bus_side_new(const BusSideSetup *setup);
/* Before anything that it borrows. */
BusSide *bus_side_free(BusSide *side);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BusSide, bus_side_free)

/* Looks for a bus from now on. Negative errno of the loop. */
int bus_side_start(BusSide *side);
/* Serves what is configured of HTTP servers now, and tells programs where that is. */
void bus_side_serve(BusSide *side);
/* Ends the hosts for good, the rpc-host last, since who asked for it over XML-RPC is to get his
 * answer, and whoever asks for more is told why not. Calls gone once, from the loop. */
void bus_side_retire(BusSide *side, void (*gone)(void *userdata), void *userdata);
/* Sends what is queued, for a second at most. */
void bus_side_flush(BusSide *side);
