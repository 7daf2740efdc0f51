/* Build: the sections of all files made into a Config. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "daemon/config/config.h"
#include "daemon/config/load.h"
#include "daemon/config/section.h"

/* config->file is set already; the rest is filled in. May leave it half done on failure. */
bool build_config(const Sections *sections, const ConfigOverrides *overrides, Config *config,
                GError **error);
