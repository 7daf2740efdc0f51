/* Watchers: those who look at the board through an event stream (text/event-stream).
 *
 * Each is told what is new since he was told last, some times a second at most. Who reads slowly
 * has one message in hand and nothing queued behind it: the next one is made when he has taken it,
 * of what is new by then. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include <glib.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "bus/call-queue.h"

#define WATCHERS_MAX 32

typedef struct Watchers Watchers;
typedef struct Watcher Watcher;

/* There is something to be read. Only after a read that found nothing. */
typedef void (*WatcherReady)(void *userdata);

/* NULL when the loop takes no more timers. Both are borrowed. */
Watchers *watchers_new(sd_event *event, CallQueue *calls);
/* After all watchers. */
Watchers *watchers_free(Watchers *watchers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Watchers, watchers_free)

/* Where the daemon is, on the bus of the calls; NULL = it is away. */
void watchers_set_bus(Watchers *watchers, sd_bus *bus, const char *bus_name);

/* NULL when there are WATCHERS_MAX. watchers is borrowed. */
Watcher *watcher_new(Watchers *watchers, WatcherReady on_ready, void *userdata);
Watcher *watcher_free(Watcher *watcher);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Watcher, watcher_free)

/* The next bytes of the stream, 0 = none as yet. */
size_t watcher_read(Watcher *watcher, char *buffer, size_t size);
