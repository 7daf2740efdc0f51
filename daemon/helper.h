/* Helper: a process of the daemon's own (private bus, listener-host, rpc-host), kept up for as long
 * as it is wanted.
 *
 * In a session of its own, ended by the kernel when the daemon is; its stderr goes into the main
 * log. When it ends it is started again after a delay that grows from 100 ms to 30 s and is
 * forgotten once it has lived for 10 s. One on demand is started by who needs it, each time, and
 * may end by itself with exit status 0. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-event.h>

#include "daemon/output/main-log.h"
#include "daemon/process/child-setup.h"

typedef struct Helper Helper;

typedef struct HelperPlan {
        const char *name;            /* for the log */
        const char *file;            /* to execute */
        const sigset_t *signal_mask; /* borrowed for good */
        LogLevel log_level;          /* of what it writes to stderr without a level of its own */
        bool keep_stdout;            /* has the daemon's stdout, else /dev/null */
        /* Fills in arguments, environment and extra_descriptors of what will be started
         * now. Negative errno. */
        int (*prepare)(ChildSetup *setup, void *userdata);
        /* Right after a start, successful or not: gives back what prepare took. May be NULL. */
        void (*release)(void *userdata);
        /* It has ended; it will be started again. May be NULL. */
        void (*on_ended)(void *userdata);
        /* It could not be started or ended by a failure, and has to rest now; for the times-th
         * time in a row. May be NULL. */
        void (*on_failed)(unsigned times, void *userdata);
        /* On demand: it has ended, or could not be started, and may be started again from now on.
         * NULL = it is started again by itself. */
        void (*on_rested)(void *userdata);
        void *userdata;
} HelperPlan;

/* plan is copied, its strings too. Starts nothing yet. */
Helper *helper_new(sd_event *event, const HelperPlan *plan);
/* Ends it, and waits for that for a second at most. */
Helper *helper_free(Helper *helper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Helper, helper_free)

bool helper_is_running(const Helper *helper);
/* It runs, and has been told to end. */
bool helper_is_ending(const Helper *helper);
/* It has to rest before it can be started again. */
bool helper_is_resting(const Helper *helper);
/* So often in a row it could not be started, or ended by a failure before it had lived for 10 s. */
unsigned helper_failures(const Helper *helper);

/* Starts it if it does not run, nor waits to be started again. */
void helper_start(Helper *helper);
/* Ends it with SIGTERM and, when that has not helped within a second, with SIGKILL; on_ended and
 * on_rested follow from the loop, without a delay. Does nothing when it does not run. */
void helper_end(Helper *helper);
/* Likewise, and it is never started again; gone is called when it does not run any more, from here
 * when that is so already. */
void helper_retire(Helper *helper, void (*gone)(void *userdata), void *userdata);
