/* Page route: the status page, and the paths that Supervisor's own page had besides. */
#pragma once

#include "tools/rpc-host/routes.h"

void page_route_handle(Request *request, const RouteContext *context);
/* "OK", for who only looks whether anybody is there. */
void page_route_handle_ok(Request *request, const RouteContext *context);
/* Leads to the page with a log open. */
void page_route_handle_tail(Request *request, const RouteContext *context);
