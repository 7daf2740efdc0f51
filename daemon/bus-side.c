/* The only file of the daemon that knows its faces. What the link reports goes two ways from here:
 * to the face, which shows everything on whatever bus there is, and to the hosts, which are told
 * its address. */

#include "daemon/bus-side.h"

#include <string.h>

#include "bus/clock.h"
#include "daemon/face/face.h"
#include "daemon/face/link.h"
#include "daemon/listener-host.h"
#include "daemon/output/main-log.h"
#include "daemon/rpc-host.h"

#define BUS_PATIENCE_USEC UINT64_C(5000000)
#define LAST_FLUSH_USEC   UINT64_C(1000000)

struct BusSide {
        BusSideSetup setup;
        ListenerHost *listener_host;
        RpcHost *rpc_host;
        Face *face;
        Link *link;
        char *address;             /* of the last bus; NULL = there was none */
        sd_event_source *patience; /* while it is not settled */
        bool is_settled;
        void (*gone)(void *userdata); /* of bus_side_retire() */
        void *gone_userdata;
};

static void settle(BusSide *side)
{
        side->patience = sd_event_source_disable_unref(side->patience);
        if (side->is_settled)
                return;
        side->is_settled = true;
        rpc_host_open(side->rpc_host);
        side->setup.on_settled(side->setup.userdata);
}

static int on_patience_over(sd_event_source *source, uint64_t usec, void *userdata)
{
        log_warn("no bus has answered so far; programs are started without one");
        settle(userdata);
        return 0;
}

/* The link. */

static bool has_pools_to_serve(const Config *config)
{
        if (config->supervisord.listener_host == HOST_START_EXTERNAL)
                return false;
        for (guint i = 0; i < config->groups->len; i++)
                if (((const GroupConfig *)config->groups->pdata[i])->kind == GROUP_EVENTLISTENER)
                        return true;
        return false;
}

static void start_listener_host(BusSide *side)
{
        if (side->address && has_pools_to_serve(side->setup.config))
                listener_host_start(side->listener_host, side->address);
}

static int on_connected(sd_bus *bus, AccessCrowd crowd, void *userdata)
{
        BusSide *side = userdata;

        return face_set_bus(side->face, bus, crowd);
}

static void on_ready(const char *address, void *userdata)
{
        BusSide *side = userdata;

        log_info("on the bus as %s at %s", side->setup.config->supervisord.bus_name, address);
        manager_set_bus_address(side->setup.manager, address);
        g_free(side->address);
        side->address = g_strdup(address);
        rpc_host_set_bus_address(side->rpc_host, address);
        start_listener_host(side);
        settle(side);
}

static void on_lost(void *userdata)
{
        BusSide *side = userdata;

        (void)face_set_bus(side->face, NULL, ACCESS_ANYBODY);
}

/* A bus that was asked for by name must be there; "auto" can do without. */
static void on_failed(const GError *error, void *userdata)
{
        BusSide *side = userdata;

        if (strcmp(side->setup.config->supervisord.bus, "auto") == 0 || side->is_settled) {
                log_error("%s; supervising without a bus, and trying again", error->message);
                settle(side);
                return;
        }
        side->setup.on_failed(error, side->setup.userdata);
}

static Link *make_link(BusSide *side)
{
        const SupervisordConfig *config = &side->setup.config->supervisord;
        const LinkSetup setup = {
                .event = side->setup.event,
                .bus = config->bus,
                .bus_name = config->bus_name,
                .folder = side->setup.folder,
                .hosts = side->setup.host_user,
                .signal_mask = side->setup.signal_mask,
                .on_connected = on_connected,
                .on_ready = on_ready,
                .on_lost = on_lost,
                .on_failed = on_failed,
                .userdata = side,
        };

        return link_new(&setup);
}

/* The hosts. */

static void on_listener_host_ended(void *userdata)
{
        BusSide *side = userdata;

        face_note_host_end(side->face);
        manager_restart_leased_listeners(side->setup.manager);
}

static ListenerHost *make_listener_host(BusSide *side)
{
        const SupervisordConfig *config = &side->setup.config->supervisord;
        const ListenerHostSetup setup = {
                .event = side->setup.event,
                .signal_mask = side->setup.signal_mask,
                .bus_name = config->bus_name,
                .user = side->setup.host_user,
                .debug = config->loglevel >= LOG_LEVEL_DEBUG,
                .on_ended = on_listener_host_ended,
                .userdata = side,
        };

        return listener_host_new(&setup);
}

static RpcHost *make_rpc_host(BusSide *side)
{
        const SupervisordConfig *config = &side->setup.config->supervisord;
        const RpcHostSetup setup = {
                .event = side->setup.event,
                .sockets = side->setup.http_sockets,
                .user = side->setup.host_user,
                .signal_mask = side->setup.signal_mask,
                .bus_name = config->bus_name,
                .debug = config->loglevel >= LOG_LEVEL_DEBUG,
        };

        return rpc_host_new(&setup);
}

/* The face. */

static void on_shutdown_call(void *userdata)
{
        BusSide *side = userdata;

        log_warn("received a call of Shutdown on the bus indicating exit request");
        side->setup.shut_down(side->setup.userdata);
}

static bool on_restart_call(GError **error, void *userdata)
{
        BusSide *side = userdata;

        return side->setup.restart(error, side->setup.userdata);
}

static void on_pools_changed(void *userdata)
{
        start_listener_host(userdata);
}

static bool check_token(const char *token, void *userdata)
{
        BusSide *side = userdata;

        return listener_host_check_token(side->listener_host, token);
}

static bool check_rpc_token(const char *token, void *userdata)
{
        BusSide *side = userdata;

        return rpc_host_check_token(side->rpc_host, token);
}

static Face *make_face(BusSide *side)
{
        const FaceSetup setup = {
                .event = side->setup.event,
                .manager = side->setup.manager,
                .reload = side->setup.reload,
                .dead_letters = side->setup.dead_letters,
                .http_sockets = side->setup.http_sockets,
                .start_usec = clock_now_usec(CLOCK_REALTIME),
                .shut_down = on_shutdown_call,
                .restart = on_restart_call,
                .on_pools_changed = on_pools_changed,
                .check_token = check_token,
                .check_rpc_token = check_rpc_token,
                .userdata = side,
        };
        Face *face = face_new(&setup);

        if (side->setup.config->supervisord.listener_host == HOST_START_EXTERNAL)
                face_admit_host(face, side->setup.host_user->uid);
        return face;
}

/* All together. */

BusSide *bus_side_new(const BusSideSetup *setup)
{
        BusSide *side = g_new0(BusSide, 1);

        side->setup = *setup;
        side->listener_host = make_listener_host(side);
        side->rpc_host = make_rpc_host(side);
        side->face = make_face(side);
        side->link = make_link(side);
        return side;
}

BusSide *bus_side_free(BusSide *side)
{
        if (!side)
                return NULL;
        sd_event_source_disable_unref(side->patience);
        listener_host_free(side->listener_host);
        rpc_host_free(side->rpc_host);
        link_free(side->link);
        face_free(side->face);
        g_free(side->address);
        g_free(side);
        return NULL;
}

int bus_side_start(BusSide *side)
{
        int r = sd_event_add_time_relative(side->setup.event, &side->patience, CLOCK_MONOTONIC,
                        BUS_PATIENCE_USEC, 0, on_patience_over, side);

        if (r < 0)
                return r;
        link_start(side->link);
        return 0;
}

void bus_side_serve(BusSide *side)
{
        Manager *manager = side->setup.manager;
        const char *url;
        bool is_other;

        rpc_host_settle(side->rpc_host, side->setup.config);
        url = http_sockets_url(side->setup.http_sockets);
        is_other = g_strcmp0(url, manager_server_url(manager)) != 0;
        manager_set_server_url(manager, url);
        face_note_http_servers(side->face);
        if (is_other)
                face_note_server_url(side->face);
}

static void on_listener_host_gone(void *userdata)
{
        BusSide *side = userdata;

        rpc_host_retire(side->rpc_host, side->gone, side->gone_userdata);
}

void bus_side_retire(BusSide *side, void (*gone)(void *userdata), void *userdata)
{
        side->gone = gone;
        side->gone_userdata = userdata;
        listener_host_retire(side->listener_host, on_listener_host_gone, side);
}

void bus_side_flush(BusSide *side)
{
        link_flush(side->link, LAST_FLUSH_USEC);
}
