/* Compressor: the children that compress backups of log files.
 *
 * Takes the requests of daemon/output/compression. Two run at once, politely; the others wait in
 * their order, one entry for each log. What is not compressed, for whatever reason, stays as it is
 * and is taken up after a later rotation of its log. */
#pragma once

#include <signal.h>

#include <glib.h>
#include <systemd/sd-event.h>

typedef struct Compressor Compressor;

/* The loop and the mask, for children, are borrowed for good. Negative errno. There is one at a
 * time. */
int compressor_new(sd_event *event, const sigset_t *signal_mask, Compressor **ret);
/* Ends what is running; its backups stay as they are. */
Compressor *compressor_free(Compressor *compressor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Compressor, compressor_free)
