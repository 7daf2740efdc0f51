/* Patience timer: Patience with one listener, by the clock of the loop; what has lasted too long
 * goes into the log. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-event.h>

#include "listener-host/patience.h"

typedef struct PatienceTimer PatienceTimer;

/* Both borrowed; name: the listener, as log lines show it. */
PatienceTimer *patience_timer_new(sd_event *loop, const char *name);
PatienceTimer *patience_timer_free(PatienceTimer *timer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PatienceTimer, patience_timer_free)

/* It is so, since the first time that this is said, or is not so any more. */
void patience_timer_note(PatienceTimer *timer, Nuisance what, bool lasts);
