/* Update: carries out changes of the configuration on the running model. Nothing in it waits.
 *
 * First what goes is stopped, and leaves when all of it has ended; then what changes is changed,
 * and what has to be restarted for it is, each process by itself; then what is new comes and is
 * started where autostart says so. A restarted process runs again when it ran before or when
 * autostart says so; one that autostart begins to concern is started. Processes without a change
 * are not touched. When everything is being stopped meanwhile, the rest is left undone. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-event.h>

#include "daemon/config/diff.h"
#include "daemon/process/manager.h"

typedef struct Update Update;

/* How a change went. */
typedef struct UpdateStep {
        const Change *change;
        const char *error;   /* bus error name; NULL = it worked */
        const char *message; /* with an error: in words */
} UpdateStep;

/* From the loop, once; may free the update. complete: nothing is left to do, and nothing borrows
 * from the update's configurations. Otherwise it has to outlive the groups of the manager. */
typedef void (*UpdateDone)(bool complete, void *userdata);

typedef struct UpdateSetup {
        sd_event *event;    /* borrowed */
        Manager *manager;   /* borrowed */
        Config *running;    /* borrowed: the manager's, whose groups are kept up to date */
        Config *fresh;      /* taken over: groups move from here into the running one */
        GPtrArray *changes; /* taken over: of Change, those of config_diff() that are to be done,
                               all of a group or none */
        UpdateDone on_done;
        void *userdata;
} UpdateSetup;

/* Begins from the loop. */
Update *update_new(const UpdateSetup *setup);
Update *update_free(Update *update);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Update, update_free)

/* Of UpdateStep, one for each change, in their order. Borrowed. */
const GPtrArray *update_steps(const Update *update);
