/* In the order in which they are tried. Supervisor compares the beginnings of paths, so clients
 * with "/RPC2/" and the like work too. */

#include "tools/rpc-host/routes.h"

#include <string.h>

#include "tools/rpc-host/call-route.h"
#include "tools/rpc-host/events-route.h"
#include "tools/rpc-host/log-route.h"
#include "tools/rpc-host/page-route.h"

static const Route routes[] = {
        { "/RPC2", true, "POST", call_route_handle },
        { "/logtail", true, "GET", log_route_handle },
        { "/mainlogtail", true, "GET", log_route_handle_main },
        { "/", false, "GET", page_route_handle },
        { "/index.html", false, "GET", page_route_handle },
        { "/events", false, "GET", events_route_handle },
        { "/ok.html", false, "GET", page_route_handle_ok },
        { "/tail.html", false, "GET", page_route_handle_tail },
};

static bool leads_to(const Route *route, const char *path)
{
        return route->is_prefix ? g_str_has_prefix(path, route->path)
                                : strcmp(path, route->path) == 0;
}

const Route *route_find(const char *path)
{
        for (size_t i = 0; i < G_N_ELEMENTS(routes); i++)
                if (leads_to(&routes[i], path))
                        return &routes[i];
        return NULL;
}

bool route_takes(const Route *route, const char *method)
{
        return strcmp(route->method, method) == 0 ||
               (strcmp(route->method, "GET") == 0 && strcmp(method, "HEAD") == 0);
}
