/* Where the parts of the daemon are put together, in the order in which they need each other, and
 * where its life is: from programs being started to the last one being over. */

#include "daemon/daemon.h"

#include <string.h>
#include <unistd.h>

#include "daemon/bus-side.h"
#include "daemon/compressor.h"
#include "daemon/event/tick.h"
#include "daemon/runtime-folder.h"
#include "daemon/host-program.h"
#include "daemon/http-sockets.h"
#include "daemon/notify.h"
#include "daemon/output/auto-log-claim.h"
#include "daemon/output/main-log.h"
#include "daemon/process/manager.h"
#include "daemon/process/orphans.h"
#include "daemon/restart.h"
#include "daemon/signals.h"
#include "daemon/state-folder.h"
#include "daemon/stores.h"

#define SAME_REQUEST_USEC UINT64_C(1000000)

struct Daemon {
        DaemonSetup setup;
        sd_event *event;
        Signals *signals;
        RuntimeFolder *folder;
        StateFolder *state; /* NULL = nothing is to outlast the run */
        Stores stores;
        Orphans *orphans;
        AutoLogClaim *auto_logs;
        Compressor *compressor;
        Manager *manager;
        Notify *notify;
        Ticker *ticker;
        HostUser host_user;
        HttpSockets *http_sockets;
        Restart *restart;
        BusSide *bus_side;
        uint64_t exit_request_usec; /* CLOCK_MONOTONIC of the first; 0 = there was none */
        bool started;               /* programs */
        int exit_status;            /* that an essential program asks for */
        GError *fatal;              /* why the run ends with a failure */
};

static bool system_error(GError **error, int r, const char *what)
{
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(-r), "cannot %s: %s", what,
                        g_strerror(-r));
        return false;
}

/* The end: programs first, then what serves them. */

static void on_hosts_gone(void *userdata)
{
        Daemon *daemon = userdata;

        sd_event_exit(daemon->event, 0);
}

static void on_all_stopped(void *userdata)
{
        Daemon *daemon = userdata;

        bus_side_retire(daemon->bus_side, on_hosts_gone, daemon);
}

/* Terminals and timeout(1) signal a process and its group, so what comes within a second is the
 * same request; a later one is from somebody in a hurry. */
static void shut_down(void *userdata)
{
        Daemon *daemon = userdata;
        uint64_t now;

        sd_event_now(daemon->event, CLOCK_MONOTONIC, &now);
        if (daemon->exit_request_usec > 0 && now - daemon->exit_request_usec < SAME_REQUEST_USEC)
                return;
        daemon->exit_request_usec = now;
        notify_stopping(daemon->notify);
        manager_shutdown(daemon->manager, on_all_stopped, daemon);
}

static void on_essential_ended(int exit_status, void *userdata)
{
        Daemon *daemon = userdata;

        daemon->exit_status = exit_status;
        shut_down(daemon);
}

static void on_bus_failed(const GError *error, void *userdata)
{
        Daemon *daemon = userdata;

        daemon->fatal = g_error_new(G_FILE_ERROR, G_FILE_ERROR_FAILED,
                        "%s (asked for with bus=%s; bus=auto finds one that can be had)",
                        error->message, daemon->setup.config->supervisord.bus);
        sd_event_exit(daemon->event, 0);
}

/* The start, and each further one. */

static void clean_auto_logs(const Daemon *daemon)
{
        if (!daemon->setup.config->supervisord.nocleanup)
                auto_log_claim_clean(daemon->auto_logs);
}

static void start_programs(Daemon *daemon)
{
        manager_autostart(daemon->manager);
        notify_ready(daemon->notify);
}

static void on_bus_settled(void *userdata)
{
        Daemon *daemon = userdata;

        daemon->started = true;
        daemon->setup.on_ready(daemon->setup.userdata);
        start_programs(daemon);
}

static void on_stopped_for_restart(void *userdata)
{
        Daemon *daemon = userdata;

        clean_auto_logs(daemon);
        reload_begin_anew(restart_reload(daemon->restart));
        bus_side_serve(daemon->bus_side);
        log_info("supervisord started with pid %ld", (long)getpid());
        if (daemon->started)
                start_programs(daemon);
}

static void on_reload_signal(void *userdata)
{
        Daemon *daemon = userdata;

        restart_on_signal(daemon->restart);
}

static bool on_restart_call(GError **error, void *userdata)
{
        Daemon *daemon = userdata;

        return restart_on_call(daemon->restart, error);
}

static void on_reopen_signal(void *userdata)
{
        Daemon *daemon = userdata;

        main_log_reopen();
        manager_reopen_logs(daemon->manager);
        log_info("supervisord logreopen");
}

static void on_changed(void *userdata)
{
        Daemon *daemon = userdata;

        notify_changed(daemon->notify);
}

/* The parts. */

static int handle_signals(Daemon *daemon)
{
        const SignalsSetup setup = {
                .event = daemon->event,
                .on_exit = shut_down,
                .on_reload = on_reload_signal,
                .on_reopen = on_reopen_signal,
                .userdata = daemon,
        };

        return signals_new(&setup, &daemon->signals);
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

static bool settle_host_user(Daemon *daemon, GError **error)
{
        g_autofree char *program = host_program_find("busvisor-listener-host");
        g_autofree char *folder = g_path_get_dirname(runtime_folder_path(daemon->folder));
        const char *const reach[] = { program, folder, NULL };

        return host_user_find(&daemon->setup.config->supervisord, reach, &daemon->host_user, error);
}

static void make_manager(Daemon *daemon)
{
        const ManagerSetup setup = {
                .event = daemon->event,
                .events = daemon->stores.events,
                .cursors = daemon->stores.cursors,
                .pools = daemon->stores.pools,
                .orphans = daemon->orphans,
                .signal_mask = daemon->setup.signal_mask,
                .descriptor_limit = daemon->setup.descriptor_limit,
                .on_essential_ended = on_essential_ended,
                .on_changed = on_changed,
                .userdata = daemon,
        };

        daemon->manager = manager_new(daemon->setup.config, &setup);
        daemon->notify = notify_new(daemon->event, daemon->manager);
}

static void make_restart(Daemon *daemon)
{
        const RestartSetup setup = {
                .event = daemon->event,
                .manager = daemon->manager,
                .notify = daemon->notify,
                .http_sockets = daemon->http_sockets,
                .running = daemon->setup.config,
                .overrides = daemon->setup.overrides,
                .start_folder = daemon->setup.start_folder,
                .on_stopped = on_stopped_for_restart,
                .userdata = daemon,
        };

        daemon->restart = restart_new(&setup);
}

static void make_bus_side(Daemon *daemon)
{
        const BusSideSetup setup = {
                .event = daemon->event,
                .config = daemon->setup.config,
                .manager = daemon->manager,
                .reload = restart_reload(daemon->restart),
                .dead_letters = daemon->stores.dead_letters,
                .http_sockets = daemon->http_sockets,
                .folder = daemon->folder,
                .host_user = &daemon->host_user,
                .signal_mask = &daemon->setup.signal_mask,
                .on_settled = on_bus_settled,
                .on_failed = on_bus_failed,
                .shut_down = shut_down,
                .restart = on_restart_call,
                .userdata = daemon,
        };

        daemon->bus_side = bus_side_new(&setup);
}

/* What there has to be before the model; all that can fail for what is configured is among it. */
static bool prepare(Daemon *daemon, GError **error)
{
        int r = sd_event_new(&daemon->event);

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
        return http_sockets_prepare(daemon->http_sockets, daemon->setup.config, error);
}

static bool make_parts(Daemon *daemon, GError **error)
{
        const SupervisordConfig *config = &daemon->setup.config->supervisord;
        int r;

        daemon->auto_logs = auto_log_claim_new(config->childlogdir, config->identifier);
        r = compressor_new(daemon->event, &daemon->setup.signal_mask, &daemon->compressor);
        if (r < 0)
                return system_error(error, r, "watch for backups to compress");
        main_log_request_compression();
        r = stores_open(config, daemon->state, daemon->event, &daemon->stores);
        if (r < 0)
                return system_error(error, r, "make an event source");
        make_manager(daemon);
        make_restart(daemon);
        r = ticker_new(daemon->event, daemon->stores.events, &daemon->ticker);
        if (r < 0)
                return system_error(error, r, "make a timer");
        make_bus_side(daemon);
        bus_side_serve(daemon->bus_side);
        return true;
}

bool daemon_new(const DaemonSetup *setup, Daemon **ret, GError **error)
{
        g_autoptr(Daemon) daemon = g_new0(Daemon, 1);

        daemon->setup = *setup;
        if (!prepare(daemon, error) || !make_parts(daemon, error))
                return false;
        *ret = g_steal_pointer(&daemon);
        return true;
}

Daemon *daemon_free(Daemon *daemon)
{
        if (!daemon)
                return NULL;
        bus_side_free(daemon->bus_side);
        ticker_free(daemon->ticker);
        manager_free(daemon->manager);
        compressor_free(daemon->compressor);
        auto_log_claim_free(daemon->auto_logs);
        notify_free(daemon->notify);
        restart_free(daemon->restart);
        orphans_end(daemon->orphans);
        orphans_free(daemon->orphans);
        stores_close(&daemon->stores);
        state_folder_free(daemon->state);
        http_sockets_free(daemon->http_sockets);
        runtime_folder_free(daemon->folder);
        signals_free(daemon->signals);
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
        pool_store_tidy(daemon->stores.pools);
        log_info("supervisord started with pid %ld", (long)getpid());
        r = bus_side_start(daemon->bus_side);
        if (r < 0)
                return system_error(error, r, "make a timer");
        r = sd_event_loop(daemon->event);
        if (r < 0)
                return system_error(error, r, "run the event loop");
        if (daemon->fatal) {
                g_propagate_error(error, g_steal_pointer(&daemon->fatal));
                return false;
        }
        bus_side_flush(daemon->bus_side);
        *ret_status = daemon->exit_status;
        return true;
}
