/* Client: a connection to one busvisord, and calls to its root object.
 *
 * Calls are synchronous, never start a daemon, and fail with an error of the FAILURE domain. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "bus/call-queue.h"
#include "tools/ctl/find-daemon.h"

/* For calls that answer when the work is done, and for those that answer at once. */
#define CLIENT_NO_TIMEOUT UINT64_MAX
#define CLIENT_TIMEOUT    (UINT64_C(25) * G_USEC_PER_SEC)

typedef struct Client Client;

/* Keeps place, whose strings must outlive the client. */
Client *client_new(const DaemonPlace *place);
Client *client_free(Client *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Client, client_free)

/* Means the daemon at this address from now on, a D-Bus address, "system" or "user". */
void client_switch(Client *client, const char *address);

/* Nothing that is done from now on takes longer than this in all, TIME_SPAN_INFINITE = as long as
 * it takes. */
void client_set_time_limit(Client *client, uint64_t usec);
/* When that is over, CLOCK_MONOTONIC; UINT64_MAX = never. */
uint64_t client_deadline(const Client *client);
/* How long a call may take that is given timeout_usec where there is no limit. */
uint64_t client_timeout(const Client *client, uint64_t timeout_usec);
/* The time is over: sets an error that says so. */
bool client_is_late(const Client *client, const char *action, GError **error);

/* While calls and looking for the daemon are waited for, this loop goes on, from now on; they must
 * not be made in a handler of it. The connection is attached to it. -ECANCELED where the loop ends.
 * NULL = there is none, which is so again at the end of each command. */
int client_set_loop(Client *client, sd_event *loop);

/* Looks for the daemon. Closes an earlier connection first. */
bool client_connect(Client *client, GError **error);
/* Likewise where there was a connection, and people have been told that it is gone: an ssh neither
 * asks nor tells anything. */
bool client_reconnect(Client *client, GError **error);
bool client_is_remote(const Client *client);

/* Borrowed; only while connected. */
sd_bus *client_bus(Client *client);
CallQueue *client_calls(Client *client);
const char *client_bus_name(const Client *client);

/* A call of a method of the root object, to be filled with arguments. */
int client_new_call(Client *client, const char *interface, const char *member,
                sd_bus_message **ret_call);

/* Likewise of another object. */
int client_new_call_on(Client *client, const char *path, const char *interface, const char *member,
                sd_bus_message **ret_call);

/* Sends it and waits. action is what it does, for people: "stop processes". */
bool client_call(Client *client, sd_bus_message *call, uint64_t timeout_usec, const char *action,
                sd_bus_message **ret_reply, GError **error);

/* A failure of sd-bus itself, with the same words. error may be NULL or unset. */
void client_set_error(const sd_bus_error *bus_error, int r, const char *action, GError **error);

/* The name on D-Bus of an error that a call has set, for programs. */
const char *client_error_name(const GError *error);

/* Reads a property of the root object into the variables after types, strings borrowed from
 * *ret_reply. */
bool client_get_property(Client *client, const char *interface, const char *name,
                sd_bus_message **ret_reply, GError **error, const char *types, void *ret_value);
