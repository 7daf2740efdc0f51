/* Face: the daemon as objects on the bus.
 *
 * Registers the root object, and groups, processes and pools below it, on whatever bus there is at
 * the moment, and keeps what their handlers share. */
#pragma once

#include <stdbool.h>

#include <systemd/sd-bus.h>

#include "daemon/event/dead-letters.h"
#include "daemon/face/access.h"
#include "daemon/face/events-since.h"
#include "daemon/face/handouts.h"
#include "daemon/face/host-seat.h"
#include "daemon/face/pool-board.h"
#include "daemon/face/pool-pages.h"
#include "daemon/face/publisher.h"
#include "daemon/face/quota.h"
#include "daemon/face/rpc-seats.h"
#include "daemon/http-sockets.h"
#include "daemon/process/reload.h"

typedef struct Face Face;

typedef struct FaceSetup {
        sd_event *event;
        Manager *manager;
        Reload *reload;
        DeadLetters *dead_letters;
        const HttpSockets *http_sockets;
        uint64_t start_usec;               /* CLOCK_REALTIME when the daemon started */
        void (*shut_down)(void *userdata); /* somebody asked for it over the bus */
        /* Likewise for everything to be started anew; an error is of RELOAD_ERROR. */
        bool (*restart)(GError **error, void *userdata);
        void (*on_pools_changed)(void *userdata); /* there may be pools now that there were not */
        bool (*check_token)(
                        const char *token, void *userdata); /* see listener_host_check_token() */
        bool (*check_rpc_token)(const char *token, void *userdata); /* of the rpc-host */
        void *userdata;
} FaceSetup;

Face *face_new(const FaceSetup *setup);
Face *face_free(Face *face);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Face, face_free)

/* Shows everything on this bus; NULL = on none. Borrowed. Negative errno of sd-bus. */
int face_set_bus(Face *face, sd_bus *bus, AccessCrowd crowd);

/* A listener-host of this user needs no token, wherever it comes from. */
void face_admit_host(Face *face, uid_t uid);
/* What is served over HTTP has changed. */
void face_note_http_servers(Face *face);
/* So has where the manager says that it is. */
void face_note_server_url(Face *face);

/* The process of the listener-host that the daemon has started has ended. */
void face_note_host_end(Face *face);

/* The face whose handler or getter is being run at the moment; for those whose own data is an
 * object of the model. */
Face *face_current(sd_bus *bus);

/* For the handlers. */
const FaceSetup *face_setup(const Face *face);
Manager *face_manager(const Face *face);
Publisher *face_publisher(const Face *face);
PoolPages *face_pool_pages(const Face *face);
EventsSince *face_events_since(const Face *face);
HostSeat *face_host_seat(const Face *face);
RpcSeats *face_rpc_seats(const Face *face);
PoolBoard *face_pool_board(const Face *face);
/* NULL while there is no bus. */
Handouts *face_handouts(const Face *face);
Access *face_access(const Face *face);
/* Of starts and stops that are waited for; a unit is one process. */
Quota *face_job_quota(const Face *face);
