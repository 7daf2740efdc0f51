/* Include: the files that [include] of the main file names. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "daemon/config/config.h"
#include "daemon/config/section.h"

/* Reads one file, INI or YAML by its name, into the sections. */
bool include_read_file(const char *file, Sections *sections, Config *config, GError **error);
/* Reads what the main file's [include] names, in the order of the patterns and, within one, of the
 * names. A pattern that matches nothing and a file that cannot be opened are notices; an error in a
 * file is an error. Nothing to do without [include]. */
bool include_read_all(Sections *sections, Config *config, GError **error);
