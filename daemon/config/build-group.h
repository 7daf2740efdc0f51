/* Build group: the groups of a configuration, with their processes, in the order of starting. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "daemon/config/build-option.h"

/* Fills config->groups. Of two groups with one name the first in order stays, of two processes in a
 * group the last; a notice tells of the other. */
bool build_groups(const Build *build, GError **error);
