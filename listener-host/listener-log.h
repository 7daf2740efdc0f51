/* Listener log: the stdout log of a listener, into which goes all that it says.
 *
 * What comes in quick succession is written together, at most 10 ms late. The other end is
 * busvisord, which may be busy for a moment: then what is left is kept, and the caller is to bring
 * nothing more until it is told to go on. A log that takes nothing for two seconds is done without
 * until it takes something again: a log that is stuck must not stop events. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>
#include <systemd/sd-event.h>

typedef struct ListenerLog ListenerLog;

/* Takes the descriptor, which must not block. on_ready comes from the loop. name: of the listener,
 * for the lines about trouble; borrowed. */
ListenerLog *listener_log_new(sd_event *loop, const char *name, int fd,
                void (*on_ready)(void *userdata), void *userdata);
ListenerLog *listener_log_free(ListenerLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ListenerLog, listener_log_free)

/* False when nothing more is to come until on_ready was called. */
bool listener_log_write(ListenerLog *log, const void *data, size_t size);
