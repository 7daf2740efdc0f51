/* Build environment: what the environment_file and the environment of a section set, in this
 * order. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "daemon/config/build-option.h"

/* Puts it into the structure of the kind, and makes each variable known as ENV_X in names. Those of
 * the files can be used in environment; those of environment only afterwards. */
bool build_environment(const Build *build, const Section *section, SectionKind kind,
                Expansions *names, void *structure, GError **error);
