/* Notify: tells the service manager that started busvisord how it is doing, as sd_notify(3) does:
 * READY, RELOADING, STOPPING, WATCHDOG, and a STATUS of one line for people.
 *
 * Does nothing where nobody asked for it by NOTIFY_SOCKET or WATCHDOG_USEC. The status is sent when
 * it has changed, at most once a second. A service manager that does not listen holds up nothing.
 */
#pragma once

#include <glib.h>
#include <systemd/sd-event.h>

#include "daemon/process/manager.h"

typedef struct Notify Notify;

/* Both borrowed. */
Notify *notify_new(sd_event *event, const Manager *manager);
Notify *notify_free(Notify *notify);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Notify, notify_free)

/* Programs have been started; or what notify_reloading() said is over. */
void notify_ready(Notify *notify);
/* The configuration is read again, and what follows from it done. */
void notify_reloading(Notify *notify);
/* Everything is being stopped; nothing else comes after it. */
void notify_stopping(Notify *notify);
/* A process has changed. */
void notify_changed(Notify *notify);
