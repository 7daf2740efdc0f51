/* Build program: the processes of one [program:x], [eventlistener:x] or [fcgi-program:x]. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "daemon/config/build-option.h"

/* Adds its processes, as members of the named group, to an array of ProcessConfig, in the order of
 * their names. */
bool build_program(const Build *build, const Section *section, const char *group,
                GPtrArray *processes, GError **error);
