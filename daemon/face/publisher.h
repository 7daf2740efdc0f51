/* Publisher: makes each Event a signal, and changes of processes and pools PropertiesChanged.
 *
 * Broadcasts what everybody may see; the rest goes only to the connections that subscribed to it,
 * or that wait for it: these are told once that there is something in the log. Each audience has a
 * chain of its own: a signal tells the serial of the one before it. */
#pragma once

#include <systemd/sd-bus.h>

#include "daemon/face/host-seat.h"
#include "daemon/face/outbox.h"
#include "daemon/process/manager.h"

typedef struct Publisher Publisher;

/* log and seat are borrowed. */
Publisher *publisher_new(sd_event *event, EventLog *log, const HostSeat *seat);
Publisher *publisher_free(Publisher *publisher);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Publisher, publisher_free)

/* The bus to publish on, borrowed; NULL = none now. */
void publisher_set_bus(Publisher *publisher, sd_bus *bus);
/* To be told of each event of the log. */
void publisher_event(Publisher *publisher, const Event *event);
/* The log is persistent now, or no more. */
void publisher_disk_changed(Publisher *publisher);
/* To be told of each change of a process. */
void publisher_process_changed(Publisher *publisher, const Process *process);
/* A reload may have changed its options. */
void publisher_process_configured(Publisher *publisher, const Process *process);
/* A process is about to be freed. */
void publisher_process_removed(Publisher *publisher, const Process *process);
/* Likewise of a group with listeners. */
void publisher_pool_changed(Publisher *publisher, const Group *pool);
void publisher_pool_removed(Publisher *publisher, const Group *pool);

/* Adds to what this connection (unique name) gets; the types are those that are not broadcast.
 * -ENOBUFS when there are too many subscribers. */
int publisher_subscribe(Publisher *publisher, const char *name, EventTypeSet types);
/* This connection has read all events of these types, and wants to hear of the next one; likewise.
 */
int publisher_await(Publisher *publisher, const char *name, EventTypeSet types);
/* Ends both. */
void publisher_unsubscribe(Publisher *publisher, const char *name);
/* Where its signals go; NULL while there is no bus. Borrowed. */
Outbox *publisher_outbox(const Publisher *publisher);
/* Signals that the bus did not take. */
uint64_t publisher_unsent(const Publisher *publisher);
