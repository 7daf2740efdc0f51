/* Reconnect: the way back to a daemon that is gone, tried again and again while the loop of a
 * command goes on: keys and signals are heard even where an ssh hangs. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-event.h>

#include "tools/ctl/client.h"

typedef struct Reconnect Reconnect;

/* Both are borrowed; the loop is that of the client. NULL without memory. */
Reconnect *reconnect_new(Client *client, sd_event *loop);
Reconnect *reconnect_free(Reconnect *reconnect);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reconnect, reconnect_free)

/* The connection is lost, or useless. False when that was known. */
bool reconnect_begin(Reconnect *reconnect);
/* From then on until reconnect_end(). */
bool reconnect_is_under_way(const Reconnect *reconnect);
void reconnect_end(Reconnect *reconnect);

/* For the top of the loop (see loop_run): true when there is a new connection. */
bool reconnect_work(Reconnect *reconnect);
/* That one is useless as well. */
void reconnect_again(Reconnect *reconnect);
