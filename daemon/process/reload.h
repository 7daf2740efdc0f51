/* Reload: reads the configuration again while everything runs: to say what would change, to carry
 * that out for all or for one group, or to start everything anew. A file that cannot be used leaves
 * all as it is. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-event.h>

#include "daemon/config/load.h"
#include "daemon/process/manager.h"
#include "daemon/process/update.h"

typedef struct Reload Reload;

typedef struct ReloadSetup {
        sd_event *event;
        Manager *manager;
        Config *running;                  /* the manager's; its groups are kept up to date */
        const ConfigOverrides *overrides; /* from the command line; may be NULL */
        int start_folder; /* that relative paths in the file start from; -1 = here */
        /* What else has to be possible before anything is stopped for a restart with this
         * configuration; an error is of RELOAD_ERROR. May be NULL. */
        bool (*prepare)(const Config *next, GError **error, void *userdata);
        /* For a restart everything has ended: to go on with reload_begin_anew(). */
        void (*on_stopped)(void *userdata);
        void (*on_update)(bool begins, void *userdata); /* or is over; may be NULL */
        void *userdata;
} ReloadSetup;

#define RELOAD_ERROR (reload_error_quark())

typedef enum ReloadError {
        RELOAD_ERROR_BAD_CONFIGURATION, /* the message is "FILE:LINE: …" */
        RELOAD_ERROR_STALE,             /* not what was planned any more */
        RELOAD_ERROR_BUSY,              /* another one is under way */
        RELOAD_ERROR_NO_SUCH_GROUP,
        RELOAD_ERROR_ALREADY_ADDED,
        RELOAD_ERROR_STILL_RUNNING,
        RELOAD_ERROR_CLOSING, /* everything is being stopped */
        _RELOAD_ERROR_MAX,
} ReloadError;

GQuark reload_error_quark(void);

typedef struct ReloadPlan {
        Config *config;     /* as it was read */
        GPtrArray *changes; /* of Change */
        char *token;        /* stands for both configurations, the running and the read one */
} ReloadPlan;

ReloadPlan *reload_plan_free(ReloadPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReloadPlan, reload_plan_free)

/* All borrowed. Must be freed after the manager, whose groups may borrow from it at the end. */
Reload *reload_new(const ReloadSetup *setup);
Reload *reload_free(Reload *reload);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reload, reload_free)

/* What would be done. Changes nothing. */
bool reload_plan(Reload *reload, ReloadPlan **ret, GError **error);

/* steps: of UpdateStep, borrowed for the call; NULL when everything is being stopped instead. */
typedef void (*ReloadDone)(const GPtrArray *steps, void *userdata);

/* Carries out the plan with this token, or what it says of these groups (NULL-terminated; none =
 * all). Calls done once, from the loop, unless it fails. done may be NULL. */
bool reload_apply(Reload *reload, const char *token, char *const *groups, ReloadDone done,
                void *userdata, GError **error);

/* Of the update that is under way; borrowed. */
const GPtrArray *reload_steps(const Reload *reload);

/* The configuration as the files have it now. Changes nothing. */
bool reload_read(const Reload *reload, Config **ret, GError **error);
/* A group of that configuration comes, and is started where autostart says so. The plan to come has
 * no step for it then. */
bool reload_add_group(Reload *reload, const char *name, GError **error);
/* A group of which nothing runs goes. In the plan to come it is one to be added, if the files have
 * it still. */
bool reload_remove_group(Reload *reload, const char *name, GError **error);

/* Stops everything and starts it anew with the configuration as it is now; as it is then, when
 * this is asked for again meanwhile. What concerns the daemon itself stays as it was, but for its
 * HTTP servers. */
bool reload_restart(Reload *reload, GError **error);
/* The groups and HTTP servers of the running configuration become the new ones, and groups come.
 * Not started yet. */
void reload_begin_anew(Reload *reload);
