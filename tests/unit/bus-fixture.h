/* Bus fixture: the ends of a connection without a bus between them. */
#pragma once

#include <stdbool.h>

#include <systemd/sd-bus.h>

/* A started end, attached to the loop, that takes descriptors; fd is its own from then on. The one
 * that is the server gives the connection its id. Caller closes and unrefs. */
sd_bus *bus_fixture_start_end(sd_event *event, int fd, bool is_server);
