/* Lane: one pool on its way from the bus to its listeners: joins its feed, the pool, the listeners
 * that were taken over, and the reports of how far it is.
 *
 * Lives as long as the run of the daemon; the connection may come and go meanwhile. */
#pragma once

#include <stdint.h>

#include <glib.h>
#include <systemd/sd-event.h>

#include "bus/state.h"
#include "listener-host/attachment.h"
#include "listener-host/call.h"
#include "listener-host/relay.h"

typedef struct Lane Lane;

/* A call to the daemon went wrong: the host should attach again. */
typedef void (*LaneTrouble)(const char *what, const char *why, void *userdata);

/* peer and relay are borrowed. */
Lane *lane_new(sd_event *loop, const Peer *peer, Relay *relay, const Attachment *attachment,
                const AttachedPool *pool, LaneTrouble trouble, void *userdata);
Lane *lane_free(Lane *lane);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lane, lane_free)

/* Is this the pool that the lane was made for, and not another one of that name? */
bool lane_fits(const Lane *lane, const AttachedPool *pool);
/* Takes over the options that the pool has now. What was gathered so far stays, and listeners do
 * not notice. */
void lane_adjust(Lane *lane, const AttachedPool *pool);

/* The peer has come or gone. Signals may have been missed, so events are read from the log first.
 */
void lane_reset(Lane *lane);
/* listeners: all that run, AttachedListener; those of other pools are left alone. What the lane
 * holds besides has ended unseen. */
void lane_set_listeners(Lane *lane, const GPtrArray *listeners);

/* The signal EventsArrived. */
void lane_arrived(Lane *lane, sd_bus_message *signal);
/* The daemon has dead letters that are to be tried again. */
void lane_retries_pending(Lane *lane);
void lane_listener_started(Lane *lane, const char *process, uint64_t generation);
void lane_listener_changed(
                Lane *lane, const char *process, uint64_t generation, ProcessState state);
void lane_listener_ended(Lane *lane, const char *process, uint64_t generation);

/* At the end of the program: reports what is not reported yet. */
void lane_flush(Lane *lane);
