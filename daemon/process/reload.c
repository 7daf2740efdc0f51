/* A plan is not kept: its token is worked out again when it is to be carried out, so that nobody
 * can make plans pile up, and anything that would make another plan makes another token. It is
 * keyed, since a plain digest of a configuration would let its secrets be guessed at. */

#include "daemon/process/reload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <systemd/sd-id128.h>

#include "bus/cleanup.h"
#include "daemon/config/dump.h"
#include "daemon/output/main-log.h"

struct Reload {
        ReloadSetup setup;
        sd_id128_t key;
        uint64_t generation; /* of the running configuration */
        Config *next;        /* while everything is being stopped for it */

        Update *update;
        bool is_updating; /* else the update was cut short, and only groups borrow from it */
        ReloadDone done;
        void *userdata;
};

GQuark reload_error_quark(void)
{
        return g_quark_from_static_string("busvisor-reload-error");
}

ReloadPlan *reload_plan_free(ReloadPlan *plan)
{
        if (!plan)
                return NULL;
        config_free(plan->config);
        g_clear_pointer(&plan->changes, g_ptr_array_unref);
        g_free(plan->token);
        g_free(plan);
        return NULL;
}

Reload *reload_new(const ReloadSetup *setup)
{
        Reload *reload = g_new0(Reload, 1);
        int r;

        reload->setup = *setup;
        r = sd_id128_randomize(&reload->key);
        g_assert(r >= 0);
        return reload;
}

/* Plans. */

/* The daemon may have gone to another folder since it read its file for the first time, which must
 * not make relative paths mean something else. */
static bool load_there(const Reload *reload, Config **ret, GError **error)
{
        autofd here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
        bool moved = here >= 0 && reload->setup.start_folder >= 0 &&
                     fchdir(reload->setup.start_folder) >= 0;
        bool loaded = config_load(reload->setup.running->file, reload->setup.overrides, ret, error);

        if (moved && fchdir(here) < 0)
                log_critical("can't go back to the working folder: %s", g_strerror(errno));
        return loaded;
}

static bool load(const Reload *reload, Config **ret, GError **error)
{
        g_autoptr(GError) own = NULL;

        if (load_there(reload, ret, &own))
                return true;
        g_set_error_literal(error, RELOAD_ERROR, RELOAD_ERROR_BAD_CONFIGURATION, own->message);
        return false;
}

static char *make_token(const Reload *reload, const Config *fresh)
{
        GHmac *digest = g_hmac_new(G_CHECKSUM_SHA256, reload->key.bytes, sizeof reload->key.bytes);
        char *text = NULL, *token;
        size_t size = 0;
        FILE *stream = open_memstream(&text, &size);

        g_assert(stream);
        config_dump(fresh, stream);
        fclose(stream);
        g_hmac_update(digest, (const guchar *)&reload->generation, sizeof reload->generation);
        g_hmac_update(digest, (const guchar *)text, size);
        token = g_strdup(g_hmac_get_string(digest));
        g_hmac_unref(digest);
        free(text);
        return token;
}

static bool is_open(const Reload *reload, GError **error)
{
        if (manager_state(reload->setup.manager) == SUPERVISOR_RUNNING)
                return true;
        g_set_error_literal(error, RELOAD_ERROR, RELOAD_ERROR_CLOSING,
                        "the daemon is shutting down or restarting everything");
        return false;
}

static bool may_begin(const Reload *reload, GError **error)
{
        if (!is_open(reload, error))
                return false;
        if (!reload->is_updating)
                return true;
        g_set_error_literal(error, RELOAD_ERROR, RELOAD_ERROR_BUSY,
                        "another update of the configuration is under way");
        return false;
}

bool reload_plan(Reload *reload, ReloadPlan **ret, GError **error)
{
        g_autoptr(ReloadPlan) plan = g_new0(ReloadPlan, 1);

        if (!may_begin(reload, error) || !load(reload, &plan->config, error))
                return false;
        plan->changes = config_diff(reload->setup.running, plan->config);
        plan->token = make_token(reload, plan->config);
        *ret = g_steal_pointer(&plan);
        return true;
}

/* Carrying them out. */

static void log_changes(const GPtrArray *changes)
{
        for (guint i = 0; i < changes->len; i++) {
                const Change *change = changes->pdata[i];
                g_autofree char *reason = change_reason(change);

                log_info("update: %s%s%s %s", change->group, *change->process ? ":" : "",
                                change->process, reason);
        }
}

static bool is_meant(const Change *change, char *const *groups)
{
        return change->kind != CHANGE_DAEMON &&
               (!groups[0] || g_strv_contains((const char *const *)groups, change->group));
}

static void leave_out_others(GPtrArray *changes, char *const *groups)
{
        for (guint i = changes->len; i > 0; i--)
                if (!is_meant(changes->pdata[i - 1], groups))
                        g_ptr_array_remove_index(changes, i - 1);
}

static bool no_such_group(const char *name, GError **error)
{
        g_set_error(error, RELOAD_ERROR, RELOAD_ERROR_NO_SUCH_GROUP, "there is no group %s", name);
        return false;
}

static bool check_groups(
                const Reload *reload, const ReloadPlan *plan, char *const *groups, GError **error)
{
        for (; *groups; groups++)
                if (!manager_find_group(reload->setup.manager, *groups) &&
                                !config_find_group(plan->config, *groups))
                        return no_such_group(*groups, error);
        return true;
}

static void tell_of_update(const Reload *reload, bool begins)
{
        if (reload->setup.on_update)
                reload->setup.on_update(begins, reload->setup.userdata);
}

static void on_update_done(bool complete, void *userdata)
{
        Reload *reload = userdata;

        reload->is_updating = false;
        tell_of_update(reload, false);
        if (reload->done)
                reload->done(complete ? update_steps(reload->update) : NULL, reload->userdata);
        if (complete)
                reload->update = update_free(reload->update);
}

Reload *reload_free(Reload *reload)
{
        if (!reload)
                return NULL;
        if (reload->is_updating)
                on_update_done(false, reload);
        update_free(reload->update);
        config_free(reload->next);
        g_free(reload);
        return NULL;
}

bool reload_apply(Reload *reload, const char *token, char *const *groups, ReloadDone done,
                void *userdata, GError **error)
{
        g_autoptr(ReloadPlan) plan = NULL;
        UpdateSetup setup = {
                .event = reload->setup.event,
                .manager = reload->setup.manager,
                .running = reload->setup.running,
                .on_done = on_update_done,
                .userdata = reload,
        };

        if (!reload_plan(reload, &plan, error))
                return false;
        if (strcmp(plan->token, token) != 0) {
                g_set_error_literal(error, RELOAD_ERROR, RELOAD_ERROR_STALE,
                                "the files or the running configuration have changed since this "
                                "was planned");
                return false;
        }
        if (!check_groups(reload, plan, groups, error))
                return false;
        leave_out_others(plan->changes, groups);
        config_log_notices(plan->config);
        log_changes(plan->changes);
        setup.changes = g_steal_pointer(&plan->changes);
        setup.fresh = g_steal_pointer(&plan->config);
        reload->done = done;
        reload->userdata = userdata;
        reload->is_updating = true;
        tell_of_update(reload, true);
        reload->generation++;
        reload->update = update_new(&setup);
        return true;
}

const GPtrArray *reload_steps(const Reload *reload)
{
        return update_steps(reload->update);
}

/* One group. */

bool reload_read(const Reload *reload, Config **ret, GError **error)
{
        return is_open(reload, error) && load(reload, ret, error);
}

/* Which one it is not is said as Supervisor says it: first that there is none. */
bool reload_add_group(Reload *reload, const char *name, GError **error)
{
        Manager *manager = reload->setup.manager;
        g_autoptr(Config) fresh = NULL;
        GroupConfig *config;
        Group *group;

        if (!may_begin(reload, error) || !load(reload, &fresh, error))
                return false;
        if (!config_find_group(fresh, name))
                return no_such_group(name, error);
        if (manager_find_group(manager, name)) {
                g_set_error(error, RELOAD_ERROR, RELOAD_ERROR_ALREADY_ADDED,
                                "the group %s is there already", name);
                return false;
        }
        config_log_notices(fresh);
        config = config_take_group(fresh, name);
        config_put_group(reload->setup.running, config);
        reload->generation++;
        log_info("added process group %s", config->name);
        group = manager_add_group(manager, config);
        manager_settle(manager, config->kind == GROUP_EVENTLISTENER);
        manager_autostart_group(manager, group);
        return true;
}

bool reload_remove_group(Reload *reload, const char *name, GError **error)
{
        Manager *manager = reload->setup.manager;
        Group *group = manager_find_group(manager, name);
        g_autoptr(GroupConfig) config = NULL;

        if (!may_begin(reload, error))
                return false;
        if (!group)
                return no_such_group(name, error);
        if (!group_is_stopped(group)) {
                g_set_error(error, RELOAD_ERROR, RELOAD_ERROR_STILL_RUNNING,
                                "not everything in the group %s is stopped", name);
                return false;
        }
        manager_remove_group(manager, group);
        config = config_take_group(reload->setup.running, name);
        reload->generation++;
        log_info("removed process group %s", config->name);
        manager_settle(manager, config->kind == GROUP_EVENTLISTENER);
        return true;
}

/* Starting everything anew. */

static void log_what_waits(const Config *running, const Config *fresh)
{
        g_autoptr(GPtrArray) changes = config_diff(running, fresh);

        for (guint i = 0; i < changes->len; i++) {
                const Change *change = changes->pdata[i];
                g_autofree char *reason = change_reason(change);

                if (change->kind == CHANGE_DAEMON && !change_is_of_http(change))
                        log_warn("[%s] %s", change->group, reason);
        }
}

static bool prepare(const Reload *reload, const Config *next, GError **error)
{
        const ReloadSetup *setup = &reload->setup;

        return !setup->prepare || setup->prepare(next, error, setup->userdata);
}

bool reload_restart(Reload *reload, GError **error)
{
        g_autoptr(Config) next = NULL;

        if (manager_state(reload->setup.manager) == SUPERVISOR_SHUTDOWN) {
                g_set_error_literal(error, RELOAD_ERROR, RELOAD_ERROR_CLOSING,
                                "the daemon is shutting down");
                return false;
        }
        if (!load(reload, &next, error) || !prepare(reload, next, error))
                return false;
        config_log_notices(next);
        log_what_waits(reload->setup.running, next);
        config_free(reload->next);
        reload->next = g_steal_pointer(&next);
        manager_restart(reload->setup.manager, reload->setup.on_stopped, reload->setup.userdata);
        return true;
}

void reload_begin_anew(Reload *reload)
{
        GPtrArray *groups = reload->setup.running->groups;
        GPtrArray *http_servers = reload->setup.running->http_servers;

        if (reload->is_updating)
                on_update_done(false, reload);
        manager_remove_all(reload->setup.manager);
        reload->setup.running->groups = reload->next->groups;
        reload->next->groups = groups;
        reload->setup.running->http_servers = reload->next->http_servers;
        reload->next->http_servers = http_servers;
        reload->next = config_free(reload->next);
        reload->update = update_free(reload->update);
        reload->generation++;
        manager_activate(reload->setup.manager);
}
