/* To the service manager a restart begins when it is asked for, so that it does not take for ready
 * what is still reading its files, and is over when programs are started again, or at once when
 * nothing comes of it. */

#include "daemon/restart.h"

#include "daemon/output/main-log.h"

struct Restart {
        RestartSetup setup;
        Reload *reload;
};

/* What notify_reloading() said is over, unless something else has begun meanwhile. */
static void tell_over(Restart *restart)
{
        if (manager_state(restart->setup.manager) == SUPERVISOR_RUNNING)
                notify_ready(restart->setup.notify);
}

static void on_update(bool begins, void *userdata)
{
        Restart *restart = userdata;

        if (begins)
                notify_reloading(restart->setup.notify);
        else
                tell_over(restart);
}

static bool prepare(const Config *next, GError **error, void *userdata)
{
        Restart *restart = userdata;
        g_autoptr(GError) own = NULL;

        if (http_sockets_prepare(restart->setup.http_sockets, next, &own))
                return true;
        g_set_error_literal(error, RELOAD_ERROR, RELOAD_ERROR_BAD_CONFIGURATION, own->message);
        return false;
}

static void on_stopped(void *userdata)
{
        Restart *restart = userdata;

        restart->setup.on_stopped(restart->setup.userdata);
}

static bool begin(Restart *restart, GError **error)
{
        notify_reloading(restart->setup.notify);
        if (reload_restart(restart->reload, error))
                return true;
        tell_over(restart);
        return false;
}

Restart *restart_new(const RestartSetup *setup)
{
        Restart *restart = g_new0(Restart, 1);
        const ReloadSetup reload = {
                .event = setup->event,
                .manager = setup->manager,
                .running = setup->running,
                .overrides = setup->overrides,
                .start_folder = setup->start_folder,
                .prepare = prepare,
                .on_stopped = on_stopped,
                .on_update = on_update,
                .userdata = restart,
        };

        restart->setup = *setup;
        restart->reload = reload_new(&reload);
        return restart;
}

Restart *restart_free(Restart *restart)
{
        if (!restart)
                return NULL;
        reload_free(restart->reload);
        g_free(restart);
        return NULL;
}

Reload *restart_reload(const Restart *restart)
{
        return restart->reload;
}

void restart_on_signal(Restart *restart)
{
        g_autoptr(GError) error = NULL;

        if (manager_state(restart->setup.manager) == SUPERVISOR_SHUTDOWN) {
                log_warn("ignored SIGHUP indicating restart request (shutdown in progress)");
                return;
        }
        log_warn("received SIGHUP indicating restart request");
        if (!begin(restart, &error))
                log_error("%s; nothing is restarted", error->message);
}

bool restart_on_call(Restart *restart, GError **error)
{
        log_warn("received a call of Reload on the bus indicating restart request");
        if (begin(restart, error))
                return true;
        log_error("%s; nothing is restarted", (*error)->message);
        return false;
}
