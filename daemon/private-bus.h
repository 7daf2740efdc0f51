/* Private bus: a message bus of our own, the distribution's dbus-daemon, where there is no other.
 *
 * The socket is bound by us and inherited by dbus-daemon: its path is known before, and who
 * connects while dbus-daemon is being started again just waits. Root, the daemon's own user and
 * that of the hosts may use it, nobody else; the last may own no name on it. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-event.h>

#include "daemon/runtime-folder.h"
#include "daemon/host-user.h"

typedef struct PrivateBus PrivateBus;

/* Binds the socket and starts dbus-daemon; bus_name is the daemon's. folder and hosts are borrowed
 * for good, as is signal_mask, which is for it. The error says what to install where dbus-daemon is
 * missing. */
bool private_bus_new(sd_event *event, const char *bus_name, const RuntimeFolder *folder,
                const HostUser *hosts, const sigset_t *signal_mask, PrivateBus **ret,
                GError **error);
PrivateBus *private_bus_free(PrivateBus *bus);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PrivateBus, private_bus_free)

/* Where the bus of an instance with this folder is, whether it runs or not. Caller frees with
 * g_free. */
char *private_bus_address(const RuntimeFolder *folder);
