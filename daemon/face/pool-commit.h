/* Pool commit: the method Commit of org.busvisor1.ListenerPool, with which the listener-host says
 * how far a pool has come and how it fares. */
#pragma once

#include <systemd/sd-bus.h>

#include "daemon/face/face.h"

/* pool: what the call is for; its sender must have been found to be the listener-host. */
int pool_commit(sd_bus_message *call, const Face *face, Group *pool, sd_bus_error *error);
