/* Essential: programs with exit_policy=essential, without which the daemon has nothing to do: the
 * first of them that ends decides that everything ends, and with which exit status. */
#pragma once

#include <glib.h>
#include <systemd/sd-event.h>

#include "daemon/process/process.h"

typedef struct Essential Essential;

/* From the loop, once. */
typedef void (*EssentialEnded)(int exit_status, void *userdata);

/* on_ended may be NULL: nothing is essential then. */
Essential *essential_new(sd_event *event, EssentialEnded on_ended, void *userdata);
Essential *essential_free(Essential *essential);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Essential, essential_free)

/* A process has ended by itself and will not start again; whether it is essential is looked at
 * here. */
void essential_note_end(Essential *essential, const Process *process);
