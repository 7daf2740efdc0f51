/* Publisher: makes each Event a signal, and each change of a process a PropertiesChanged.
 *
 * Broadcasts what everybody may see; the rest goes only to the connections that subscribed to it,
 * or that wait for it: these are told once that there is something in the log. Each audience has a
 * chain of its own: a signal tells the serial of the one before it. */
#pragma once

#include <systemd/sd-bus.h>

#include "daemon/process/manager.h"

typedef struct Publisher Publisher;

/* manager is borrowed; becomes the observer of its event log. on_stuck: the bus has not taken
 * anything for long. */
Publisher *publisher_new(sd_event *event, Manager *manager, void (*on_stuck)(void *userdata),
                void *userdata);
Publisher *publisher_free(Publisher *publisher);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Publisher, publisher_free)

/* The bus to publish on, borrowed; NULL = none now. */
void publisher_set_bus(Publisher *publisher, sd_bus *bus);
/* To be told of each change of a process. */
void publisher_process_changed(Publisher *publisher, Process *process);
/* A process is about to be freed. */
void publisher_process_removed(Publisher *publisher, Process *process);

/* Adds to what this connection (unique name) gets; the types are those that are not broadcast.
 * -ENOBUFS when there are too many subscribers. */
int publisher_subscribe(Publisher *publisher, const char *name, EventTypeSet types);
/* This connection has read all events of these types, and wants to hear of the next one; likewise.
 */
int publisher_await(Publisher *publisher, const char *name, EventTypeSet types);
/* Ends both. */
void publisher_unsubscribe(Publisher *publisher, const char *name);
/* Signals that the bus did not take. */
uint64_t publisher_unsent(const Publisher *publisher);
