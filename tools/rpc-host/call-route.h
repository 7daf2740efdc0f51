/* Call route: a POST with a call in XML-RPC, and its answer. */
#pragma once

#include "tools/rpc-host/routes.h"

void call_route_handle(Request *request, const RouteContext *context);
