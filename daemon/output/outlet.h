/* Outlet: a place that the output of programs goes to, and what it has not taken yet: a log file or
 * whatever a path leads to, syslog, or the journal.
 *
 * All who write to one place share its Outlet, so that what one of them writes in one piece stays
 * in one piece, and a file is rotated once. Nothing here waits. What a place cannot take is kept
 * until it can, and who writes is asked to pause; what it refuses is lost: counted, and said once.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>
#include <systemd/sd-event.h>

#include "daemon/output/log-file.h"

typedef struct Outlet Outlet;
/* All outlets of a daemon. */
typedef struct Outlets Outlets;

/* How much of the output of a process was lost. Made by g_rc_box_new0, as captures may outlive the
 * process. */
typedef struct OutputLoss {
        uint64_t bytes;
} OutputLoss;

/* Where the log services are. */
typedef struct OutletPaths {
        const char *syslog, *journal;
} OutletPaths;
extern const OutletPaths outlet_paths_usual;

/* event is borrowed, paths are copied. */
Outlets *outlets_new(sd_event *event, const OutletPaths *paths);
/* Nobody may be using an outlet any more. What is still kept is waited for, two seconds at most;
 * what is lost is said. */
Outlets *outlets_free(Outlets *outlets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Outlets, outlets_free)

/* Opens all files anew, for who moved them away. */
void outlets_reopen(Outlets *outlets);

/* A reference to the outlet of a place. A file that is open already is opened anew, since it may
 * have been moved away. An error is said in the main log, and opening is tried again. */
Outlet *outlet_of_file(Outlets *outlets, const LogFilePlan *plan);
Outlet *outlet_of_syslog(Outlets *outlets);
Outlet *outlet_of_journal(Outlets *outlets);
/* Returns NULL. The place is closed when the last reference goes and nothing is kept. */
Outlet *outlet_unref(Outlet *outlet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Outlet, outlet_unref)

/* Something is kept: to be left alone until it has been taken. */
bool outlet_is_full(const Outlet *outlet);
/* Writes, or keeps what cannot be written now. To syslog and the journal: one message. loss is
 * where to count what is lost of it, now or later. */
void outlet_write(Outlet *outlet, const char *data, size_t size, OutputLoss *loss);

/* Called, from the loop, when the outlet is not full any more. It only takes note: it watches and
 * unwatches nothing. */
typedef void (*OutletReady)(void *userdata);
void outlet_watch(Outlet *outlet, OutletReady on_ready, void *userdata);
void outlet_unwatch(Outlet *outlet, OutletReady on_ready, void *userdata);

void outlet_reopen(Outlet *outlet);
/* See log_file_clear(). */
int outlet_clear(Outlet *outlet);
/* See log_file_set_rotation(). */
void outlet_set_rotation(Outlet *outlet, const Rotation *rotation);
