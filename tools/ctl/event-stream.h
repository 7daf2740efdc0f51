/* Event stream: every event of the daemon after a serial, once and in order, as long as the loop
 * runs.
 *
 * What has happened already, and what was missed while the bus or the daemon was away, is read from
 * the event log; signals carry the rest. Connects again by itself; what cannot be made good is told
 * on stderr. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-event.h>

#include "bus/event.h"
#include "tools/ctl/client.h"

typedef struct EventStream EventStream;

typedef void (*EventStreamHandler)(const Event *event, void *userdata);

/* The client must have the loop. types: names of event types, abstract ones included, at least one.
 * Borrows client and types, takes a reference of the loop. */
EventStream *event_stream_new(Client *client, sd_event *loop, const char *const *types,
                EventStreamHandler handler, void *userdata);
EventStream *event_stream_free(EventStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EventStream, event_stream_free)

/* Begins with the first event after that serial. False, for the first connection only, with an
 * error; the loop may have ended then. */
bool event_stream_start(EventStream *stream, uint64_t after, GError **error);
/* Runs the loop until it ends; negative errno. */
int event_stream_run(EventStream *stream);
