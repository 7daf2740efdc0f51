/* Log route: a log, its end and what comes, as long as the client reads. */
#pragma once

#include "tools/rpc-host/routes.h"

/* "/logtail/NAME" and "/logtail/NAME/CHANNEL", NAME as in all of Supervisor's: GROUP:PROCESS, or
 * that of both. */
void log_route_handle(Request *request, const RouteContext *context);
/* "/mainlogtail". */
void log_route_handle_main(Request *request, const RouteContext *context);
