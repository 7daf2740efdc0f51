/* Daemon: busvisord once it has its configuration: the model, its faces and its helpers around one
 * loop. */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>

#include <glib.h>

#include "daemon/config/load.h"

typedef struct Daemon Daemon;

typedef struct DaemonSetup {
        Config *config;                   /* borrowed; its groups change with each reload */
        const ConfigOverrides *overrides; /* borrowed: what it was loaded with */
        int start_folder;                 /* borrowed: where it was loaded */
        sigset_t signal_mask;             /* that children are to have */
        struct rlimit descriptor_limit;   /* likewise */
        void (*on_ready)(void *userdata); /* once: programs are being started */
        void *userdata;
} DaemonSetup;

/* Makes the loop and everything in it; starts nothing. The signals that it handles must be blocked.
 */
bool daemon_new(const DaemonSetup *setup, Daemon **ret, GError **error);
Daemon *daemon_free(Daemon *daemon);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Daemon, daemon_free)

/* Runs until everything is stopped; *ret_status is what to exit with: 0, or what the end of an
 * essential program asks for. False when it could not do what an explicit setting asked for. */
bool daemon_run(Daemon *daemon, int *ret_status, GError **error);
