/* Restart: a new configuration for the daemon that runs: all is stopped and started anew, at SIGHUP
 * or a call on the bus, or it is brought up to date group by group. The service manager hears of
 * either. What is done with a configuration is the business of its Reload. */
#pragma once

#include <glib.h>
#include <systemd/sd-event.h>

#include "daemon/config/load.h"
#include "daemon/http-sockets.h"
#include "daemon/notify.h"
#include "daemon/process/manager.h"
#include "daemon/process/reload.h"

typedef struct Restart Restart;

/* All but userdata is borrowed for good. */
typedef struct RestartSetup {
        sd_event *event;
        Manager *manager;
        Notify *notify;
        HttpSockets *http_sockets;        /* which must be possible before anything is stopped */
        Config *running;                  /* the manager's */
        const ConfigOverrides *overrides; /* from the command line */
        int start_folder;
        void (*on_stopped)(void *userdata); /* all is: to go on with reload_begin_anew() */
        void *userdata;
} RestartSetup;

/* Must be freed after the manager, as its Reload must. */
Restart *restart_new(const RestartSetup *setup);
Restart *restart_free(Restart *restart);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Restart, restart_free)

/* Borrowed. */
Reload *restart_reload(const Restart *restart);

/* SIGHUP; why not is told in the log, here as below. */
void restart_on_signal(Restart *restart);
/* Somebody on the bus; an error is of RELOAD_ERROR. */
bool restart_on_call(Restart *restart, GError **error);
