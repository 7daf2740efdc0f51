/* Signals: what people and init systems ask of the daemon by kill(2).
 *
 * A signal that means nothing here but would end the daemon by default is told in the log and
 * passed over, since its programs would go on without it. */
#pragma once

#include <signal.h>

#include <glib.h>
#include <systemd/sd-event.h>

typedef struct Signals Signals;

typedef struct SignalsSetup {
        sd_event *event; /* borrowed */
        void (*on_exit)(void *userdata);
        void (*on_reload)(void *userdata);
        void (*on_reopen)(void *userdata);
        void *userdata;
} SignalsSetup;

/* Blocks all that is handled, so that what comes before the loop runs waits for it, and ignores
 * what the kernel sends for failed writes. *ret_before is the mask until then. */
void signals_block(sigset_t *ret_before);

/* From the loop on; signals_block() must have been called. */
int signals_new(const SignalsSetup *setup, Signals **ret);
Signals *signals_free(Signals *signals);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Signals, signals_free)
