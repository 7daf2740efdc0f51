/* Events route: what changes on the board, as a stream for the status page. */
#pragma once

#include "tools/rpc-host/routes.h"

void events_route_handle(Request *request, const RouteContext *context);
