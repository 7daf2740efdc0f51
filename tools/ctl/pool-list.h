/* Pool list: the names of the listener pools that the daemon has. */
#pragma once

#include <glib.h>

#include "tools/ctl/client.h"

/* Of char *, sorted. NULL with an error of the FAILURE domain. */
GPtrArray *pool_list_read(Client *client, GError **error);

/* Likewise, of what Introspect answers about the folder of the pools. */
GPtrArray *pool_list_of_introspection(const char *xml, GError **error);

bool pool_list_has(const GPtrArray *pools, const char *name);
/* Likewise, where name may be a pattern. */
bool pool_list_has_match(const GPtrArray *pools, const char *name);
