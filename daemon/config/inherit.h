/* Inherit: what a section has from another program and from the defaults of its kind.
 *
 * The nearest one that sets a key counts: the section itself, the program that it extends (with all
 * that this inherits), the defaults in the file that began the section, those in the main file.
 * Environments and their files add up instead, the nearest one last. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "daemon/config/section.h"

/* Is this a key whose values add up? */
bool inherit_adds_up(const char *key);
/* For all sections, once all files are read; nothing may be set in them afterwards. Fails on
 * programs that are not there or extend themselves. */
bool inherit_settings(Sections *sections, GError **error);
