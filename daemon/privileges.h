/* Privileges: resource limits and the user that the daemon becomes. Both only at the start, in this
 * order, and before the main log is opened: what it is to say about them is added to notes (char *,
 * for g_free). */
#pragma once

#include <stdbool.h>
#include <sys/resource.h>

#include <glib.h>

#include "daemon/config/config.h"

/* Sees to minfds and minprocs, as Supervisor does; raises our own soft limit of descriptors to the
 * hard one. *ret_children is the limit for supervised programs: what we were started with, raised
 * to minfds. */
bool limits_apply(const SupervisordConfig *config, struct rlimit *ret_children, GPtrArray *notes,
                GError **error);

/* Becomes the configured user, if there is one and it is another. */
bool privileges_drop(const SupervisordConfig *config, GPtrArray *notes, GError **error);
