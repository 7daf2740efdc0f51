/* The only file that knows all parts. Programs are started when it is settled on which bus they can
 * find us, or after five seconds without an answer: they matter more than the bus. */

#include "daemon/daemon.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "bus/clock.h"
#include "daemon/compressor.h"
#include "daemon/event/tick.h"
#include "daemon/face/face.h"
#include "daemon/face/link.h"
#include "daemon/folders.h"
#include "daemon/hosts.h"
#include "daemon/http-sockets.h"
#include "daemon/notify.h"
#include "daemon/output/auto-log-claim.h"
#include "daemon/output/main-log.h"
#include "daemon/process/manager.h"
#include "daemon/process/orphans.h"
#include "daemon/process/reload.h"
#include "daemon/rpc-host.h"
#include "daemon/signals.h"
#include "daemon/state-folder.h"

/* The event log where it is in memory alone. */
#define LOG_MAX_EVENTS 65536
#define LOG_MAX_BYTES  (32 * 1024 * 1024)

#define USEC_PER_SEC UINT64_C(1000000)

#define BUS_PATIENCE_USEC UINT64_C(5000000)
#define LAST_FLUSH_USEC   UINT64_C(1000000)
#define SAME_REQUEST_USEC UINT64_C(1000000)

struct Daemon {
        DaemonSetup setup;
        sd_event *event;
        Signals *signals;
        EventLog *events;
        Cursors *cursors;
        DeadLetters *dead_letters;
        PoolStore *pools;
        Manager *manager;
        Notify *notify;
        Reload *reload;
        Ticker *ticker;
        AutoLogClaim *auto_logs;
        Compressor *compressor;
        Orphans *orphans;
        RuntimeFolder *folder;
        StateFolder *state; /* NULL = nothing is to outlast the run */
        HostUser host_user;
        HttpSockets *http_sockets;
        Hosts *hosts;
        RpcHost *rpc_host;
        Face *face;
        Link *link;
        char *bus_address;             /* of the last bus; NULL = there was none */
        sd_event_source *bus_patience; /* while programs wait for the choice of the bus */
        uint64_t exit_request_usec;    /* CLOCK_MONOTONIC of the first; 0 = there was none */
        bool started;                  /* programs */
        int exit_status;               /* that an essential program asks for */
        GError *fatal;                 /* why the run ends with a failure */
};

static void on_rpc_host_gone(void *userdata)
{
        Daemon *daemon = userdata;

        sd_event_exit(daemon->event, 0);
}

/* The last one, since who asked for it over XML-RPC is to get his answer, and whoever asks for more
 * is told why not. */
static void on_listener_host_gone(void *userdata)
{
        Daemon *daemon = userdata;

        rpc_host_retire(daemon->rpc_host, on_rpc_host_gone, daemon);
}

static void on_all_stopped(void *userdata)
{
        Daemon *daemon = userdata;

        hosts_retire(daemon->hosts, on_listener_host_gone, daemon);
}

/* Terminals and timeout(1) signal a process and its group, so what comes within a second is the
 * same request; a later one is from somebody in a hurry. */
static void shut_down(Daemon *daemon)
{
        uint64_t now;

        sd_event_now(daemon->event, CLOCK_MONOTONIC, &now);
        if (daemon->exit_request_usec > 0 && now - daemon->exit_request_usec < SAME_REQUEST_USEC)
                return;
        daemon->exit_request_usec = now;
        notify_stopping(daemon->notify);
        manager_shutdown(daemon->manager, on_all_stopped, daemon);
}

static void on_exit_signal(void *userdata)
{
        shut_down(userdata);
}

static void on_changed(void *userdata)
{
        Daemon *daemon = userdata;

        notify_changed(daemon->notify);
}

static void on_essential_ended(int exit_status, void *userdata)
{
        Daemon *daemon = userdata;

        daemon->exit_status = exit_status;
        shut_down(daemon);
}

static bool restart(Daemon *daemon, GError **error)
{
        bool restarting;

        notify_reloading(daemon->notify);
        restarting = reload_restart(daemon->reload, error);
        if (!restarting && manager_state(daemon->manager) == SUPERVISOR_RUNNING)
                notify_ready(daemon->notify);
        return restarting;
}

static void on_update(bool begins, void *userdata)
{
        Daemon *daemon = userdata;

        if (begins)
                notify_reloading(daemon->notify);
        else if (manager_state(daemon->manager) == SUPERVISOR_RUNNING)
                notify_ready(daemon->notify);
}

static void on_reload_signal(void *userdata)
{
        Daemon *daemon = userdata;
        g_autoptr(GError) error = NULL;

        if (manager_state(daemon->manager) == SUPERVISOR_SHUTDOWN) {
                log_warn("ignored SIGHUP indicating restart request (shutdown in progress)");
                return;
        }
        log_warn("received SIGHUP indicating restart request");
        if (!restart(daemon, &error))
                log_error("%s; nothing is restarted", error->message);
}

static bool on_restart_call(GError **error, void *userdata)
{
        Daemon *daemon = userdata;

        log_warn("received a call of Reload on the bus indicating restart request");
        if (restart(daemon, error))
                return true;
        log_error("%s; nothing is restarted", (*error)->message);
        return false;
}

static void on_reopen_signal(void *userdata)
{
        Daemon *daemon = userdata;

        main_log_reopen();
        manager_reopen_logs(daemon->manager);
        log_info("supervisord logreopen");
}

static void start_programs(Daemon *daemon)
{
        daemon->bus_patience = sd_event_source_disable_unref(daemon->bus_patience);
        if (daemon->started)
                return;
        daemon->started = true;
        rpc_host_open(daemon->rpc_host);
        daemon->setup.on_ready(daemon->setup.userdata);
        manager_autostart(daemon->manager);
        notify_ready(daemon->notify);
}

static int on_bus_patience_over(sd_event_source *source, uint64_t usec, void *userdata)
{
        log_warn("no bus has answered so far; programs are started without one");
        start_programs(userdata);
        return 0;
}

static bool has_pools_to_serve(const Daemon *daemon)
{
        const GPtrArray *groups = daemon->setup.config->groups;

        if (daemon->setup.config->supervisord.listener_host == HOST_START_EXTERNAL)
                return false;
        for (guint i = 0; i < groups->len; i++)
                if (((const GroupConfig *)groups->pdata[i])->kind == GROUP_EVENTLISTENER)
                        return true;
        return false;
}

static int on_bus_connected(sd_bus *bus, AccessCrowd crowd, void *userdata)
{
        Daemon *daemon = userdata;

        return face_set_bus(daemon->face, bus, crowd);
}

static void start_listener_host(Daemon *daemon)
{
        if (daemon->bus_address && has_pools_to_serve(daemon))
                hosts_start_listener_host(daemon->hosts, daemon->bus_address);
}

static void on_pools_changed(void *userdata)
{
        start_listener_host(userdata);
}

static void on_bus_ready(const char *address, void *userdata)
{
        Daemon *daemon = userdata;

        log_info("on the bus as %s at %s", daemon->setup.config->supervisord.bus_name, address);
        manager_set_bus_address(daemon->manager, address);
        g_free(daemon->bus_address);
        daemon->bus_address = g_strdup(address);
        rpc_host_set_bus_address(daemon->rpc_host, address);
        start_listener_host(daemon);
        start_programs(daemon);
}

static void on_bus_lost(void *userdata)
{
        Daemon *daemon = userdata;

        (void)face_set_bus(daemon->face, NULL, ACCESS_ANYBODY);
}

/* A bus that was asked for by name must be there; "auto" can do without. */
static void on_bus_failed(const GError *error, void *userdata)
{
        Daemon *daemon = userdata;

        if (strcmp(daemon->setup.config->supervisord.bus, "auto") == 0 || daemon->started) {
                log_error("%s; supervising without a bus, and trying again", error->message);
                start_programs(daemon);
                return;
        }
        daemon->fatal = g_error_new(G_FILE_ERROR, G_FILE_ERROR_FAILED,
                        "%s (asked for with bus=%s; bus=auto finds one that can be had)",
                        error->message, daemon->setup.config->supervisord.bus);
        sd_event_exit(daemon->event, 0);
}

static void on_shutdown_call(void *userdata)
{
        log_warn("received a call of Shutdown on the bus indicating exit request");
        shut_down(userdata);
}

static bool check_token(const char *token, void *userdata)
{
        Daemon *daemon = userdata;

        return hosts_check_token(daemon->hosts, token);
}

static bool check_rpc_token(const char *token, void *userdata)
{
        Daemon *daemon = userdata;

        return rpc_host_check_token(daemon->rpc_host, token);
}

static void on_listener_host_ended(void *userdata)
{
        Daemon *daemon = userdata;

        face_note_host_end(daemon->face);
        manager_restart_leased_listeners(daemon->manager);
}

static int make_event_log(Daemon *daemon)
{
        const SupervisordConfig *config = &daemon->setup.config->supervisord;
        const EventStoreSetup setup = {
                .folder = daemon->state,
                .max_bytes = MAX(config->event_log_maxbytes, 0),
                .max_age_usec = config->event_log_maxage * USEC_PER_SEC,
                .sync = config->event_log_sync,
        };

        daemon->events = daemon->state ? event_log_new_on_disk(&setup)
                                       : event_log_new(LOG_MAX_EVENTS, LOG_MAX_BYTES);
        return event_log_attach(daemon->events, daemon->event);
}

static void make_pools(Daemon *daemon)
{
        const SupervisordConfig *config = &daemon->setup.config->supervisord;
        PoolStoreSetup setup = {
                .folder = daemon->state,
                .events = daemon->events,
                .max_age_usec = config->event_log_maxage * USEC_PER_SEC,
                .sync = config->event_log_sync,
        };

        daemon->cursors = setup.cursors = cursors_new();
        daemon->dead_letters = setup.letters =
                        dead_letters_new(DEAD_LETTERS_MAX, DEAD_LETTERS_MAX_BYTES);
        daemon->pools = pool_store_new(&setup);
}

static void make_model(Daemon *daemon)
{
        ManagerSetup setup = {
                .event = daemon->event,
                .orphans = daemon->orphans,
                .signal_mask = daemon->setup.signal_mask,
                .descriptor_limit = daemon->setup.descriptor_limit,
                .on_essential_ended = on_essential_ended,
                .on_changed = on_changed,
                .userdata = daemon,
        };

        setup.events = daemon->events;
        make_pools(daemon);
        setup.cursors = daemon->cursors;
        setup.pools = daemon->pools;
        daemon->manager = manager_new(daemon->setup.config, &setup);
        daemon->notify = notify_new(daemon->event, daemon->manager);
}

static void clean_auto_logs(const Daemon *daemon)
{
        if (!daemon->setup.config->supervisord.nocleanup)
                auto_log_claim_clean(daemon->auto_logs);
}

/* What is configured, of HTTP servers. */
static void serve(Daemon *daemon)
{
        rpc_host_settle(daemon->rpc_host, daemon->setup.config);
        manager_set_server_url(daemon->manager, http_sockets_url(daemon->http_sockets));
        face_note_http_servers(daemon->face);
}

/* Everything has been stopped to be started anew. */
static void on_stopped_for_restart(void *userdata)
{
        Daemon *daemon = userdata;

        clean_auto_logs(daemon);
        reload_begin_anew(daemon->reload);
        serve(daemon);
        log_info("supervisord started with pid %ld", (long)getpid());
        if (!daemon->started)
                return;
        manager_autostart(daemon->manager);
        notify_ready(daemon->notify);
}

static bool prepare_restart(const Config *next, GError **error, void *userdata)
{
        Daemon *daemon = userdata;
        g_autoptr(GError) own = NULL;

        if (http_sockets_prepare(daemon->http_sockets, next, &own))
                return true;
        g_set_error_literal(error, RELOAD_ERROR, RELOAD_ERROR_BAD_CONFIGURATION, own->message);
        return false;
}

static void make_reload(Daemon *daemon)
{
        ReloadSetup setup = {
                .event = daemon->event,
                .manager = daemon->manager,
                .running = daemon->setup.config,
                .overrides = daemon->setup.overrides,
                .start_folder = daemon->setup.start_folder,
                .prepare = prepare_restart,
                .on_stopped = on_stopped_for_restart,
                .on_update = on_update,
                .userdata = daemon,
        };

        daemon->reload = reload_new(&setup);
}

static void make_faces(Daemon *daemon)
{
        const SupervisordConfig *config = &daemon->setup.config->supervisord;
        HostsSetup hosts = {
                .event = daemon->event,
                .signal_mask = &daemon->setup.signal_mask,
                .bus_name = config->bus_name,
                .user = &daemon->host_user,
                .debug = config->loglevel >= LOG_LEVEL_DEBUG,
                .on_listener_host_ended = on_listener_host_ended,
                .userdata = daemon,
        };
        RpcHostSetup rpc_host = {
                .event = daemon->event,
                .sockets = daemon->http_sockets,
                .user = &daemon->host_user,
                .signal_mask = &daemon->setup.signal_mask,
                .bus_name = config->bus_name,
                .debug = config->loglevel >= LOG_LEVEL_DEBUG,
        };
        FaceSetup face = {
                .event = daemon->event,
                .manager = daemon->manager,
                .reload = daemon->reload,
                .dead_letters = daemon->dead_letters,
                .http_sockets = daemon->http_sockets,
                .start_usec = clock_now_usec(CLOCK_REALTIME),
                .shut_down = on_shutdown_call,
                .restart = on_restart_call,
                .on_pools_changed = on_pools_changed,
                .check_token = check_token,
                .check_rpc_token = check_rpc_token,
                .userdata = daemon,
        };
        LinkSetup link = {
                .event = daemon->event,
                .bus = config->bus,
                .bus_name = config->bus_name,
                .folder = daemon->folder,
                .hosts = &daemon->host_user,
                .signal_mask = &daemon->setup.signal_mask,
                .on_connected = on_bus_connected,
                .on_ready = on_bus_ready,
                .on_lost = on_bus_lost,
                .on_failed = on_bus_failed,
                .userdata = daemon,
        };

        daemon->hosts = hosts_new(&hosts);
        daemon->rpc_host = rpc_host_new(&rpc_host);
        daemon->face = face_new(&face);
        if (config->listener_host == HOST_START_EXTERNAL)
                face_admit_host(daemon->face, daemon->host_user.uid);
        daemon->link = link_new(&link);
}

static bool system_error(GError **error, int r, const char *what)
{
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(-r), "cannot %s: %s", what,
                        g_strerror(-r));
        return false;
}

static int handle_signals(Daemon *daemon)
{
        SignalsSetup setup = {
                .event = daemon->event,
                .on_exit = on_exit_signal,
                .on_reload = on_reload_signal,
                .on_reopen = on_reopen_signal,
                .userdata = daemon,
        };

        return signals_new(&setup, &daemon->signals);
}

static bool settle_host_user(Daemon *daemon, GError **error)
{
        g_autofree char *program = hosts_find_program("busvisor-listener-host");
        g_autofree char *folder = g_path_get_dirname(runtime_folder_path(daemon->folder));
        const char *const reach[] = { program, folder, NULL };

        return host_user_find(&daemon->setup.config->supervisord, reach, &daemon->host_user, error);
}

static bool make_folders(Daemon *daemon, GError **error)
{
        const SupervisordConfig *config = &daemon->setup.config->supervisord;
        bool is_auto = strcmp(config->event_log, "auto") == 0;

        if (!runtime_folder_new(config->identifier, &daemon->folder, error))
                return false;
        if (strcmp(config->event_log, "none") == 0)
                return true;
        return state_folder_new(is_auto ? NULL : config->event_log, config->identifier,
                        &daemon->state, error);
}

bool daemon_new(const DaemonSetup *setup, Daemon **ret, GError **error)
{
        g_autoptr(Daemon) daemon = g_new0(Daemon, 1);
        int r;

        daemon->setup = *setup;
        r = sd_event_new(&daemon->event);
        if (r < 0)
                return system_error(error, r, "make the event loop");
        r = handle_signals(daemon);
        if (r < 0)
                return system_error(error, r, "handle signals");
        r = orphans_new(daemon->event, &daemon->orphans);
        if (r < 0)
                return system_error(error, r, "watch for orphans");
        if (!make_folders(daemon, error) || !settle_host_user(daemon, error))
                return false;
        daemon->http_sockets = http_sockets_new(daemon->folder);
        if (!http_sockets_prepare(daemon->http_sockets, setup->config, error))
                return false;
        daemon->auto_logs = auto_log_claim_new(setup->config->supervisord.childlogdir,
                        setup->config->supervisord.identifier);
        r = compressor_new(daemon->event, &daemon->setup.signal_mask, &daemon->compressor);
        if (r < 0)
                return system_error(error, r, "watch for backups to compress");
        main_log_request_compression();
        r = make_event_log(daemon);
        if (r < 0)
                return system_error(error, r, "make an event source");
        make_model(daemon);
        make_reload(daemon);
        r = ticker_new(daemon->event, daemon->events, &daemon->ticker);
        if (r < 0)
                return system_error(error, r, "make a timer");
        make_faces(daemon);
        serve(daemon);
        *ret = g_steal_pointer(&daemon);
        return true;
}

Daemon *daemon_free(Daemon *daemon)
{
        if (!daemon)
                return NULL;
        sd_event_source_disable_unref(daemon->bus_patience);
        hosts_free(daemon->hosts);
        rpc_host_free(daemon->rpc_host);
        link_free(daemon->link);
        face_free(daemon->face);
        ticker_free(daemon->ticker);
        manager_free(daemon->manager);
        compressor_free(daemon->compressor);
        auto_log_claim_free(daemon->auto_logs);
        notify_free(daemon->notify);
        reload_free(daemon->reload);
        orphans_end(daemon->orphans);
        orphans_free(daemon->orphans);
        pool_store_free(daemon->pools);
        dead_letters_free(daemon->dead_letters);
        cursors_free(daemon->cursors);
        event_log_free(daemon->events);
        state_folder_free(daemon->state);
        http_sockets_free(daemon->http_sockets);
        runtime_folder_free(daemon->folder);
        signals_free(daemon->signals);
        g_free(daemon->bus_address);
        g_clear_error(&daemon->fatal);
        sd_event_unref(daemon->event);
        g_free(daemon);
        return NULL;
}

bool daemon_run(Daemon *daemon, int *ret_status, GError **error)
{
        int r;

        clean_auto_logs(daemon);
        manager_activate(daemon->manager);
        pool_store_tidy(daemon->pools);
        log_info("supervisord started with pid %ld", (long)getpid());
        r = sd_event_add_time_relative(daemon->event, &daemon->bus_patience, CLOCK_MONOTONIC,
                        BUS_PATIENCE_USEC, 0, on_bus_patience_over, daemon);
        if (r < 0)
                return system_error(error, r, "make a timer");
        link_start(daemon->link);
        r = sd_event_loop(daemon->event);
        if (r < 0)
                return system_error(error, r, "run the event loop");
        if (daemon->fatal) {
                g_propagate_error(error, g_steal_pointer(&daemon->fatal));
                return false;
        }
        link_flush(daemon->link, LAST_FLUSH_USEC);
        *ret_status = daemon->exit_status;
        return true;
}
