/* Routes: which path leads where. */
#pragma once

#include <stdbool.h>

#include <systemd/sd-event.h>

#include "bus/call-queue.h"
#include "tools/rpc-host/methods.h"
#include "tools/rpc-host/request.h"
#include "tools/rpc-host/uplink.h"
#include "tools/rpc-host/watchers.h"

/* What those who handle requests work with; all borrowed. */
typedef struct RouteContext {
        sd_event *loop;
        Uplink *uplink;
        CallQueue *calls; /* to the daemon, while the uplink is up */
        Methods *methods;
        Watchers *watchers;
} RouteContext;

typedef struct Route {
        const char *path;
        bool is_prefix;
        const char *method; /* "POST" has a body, "GET" includes HEAD */
        void (*handle)(Request *request, const RouteContext *context);
} Route;

/* NULL when nothing is there. */
const Route *route_find(const char *path);
bool route_takes(const Route *route, const char *method);
