/* INI: the grammar of supervisord.conf, as Python's RawConfigParser reads it. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "daemon/config/config.h"
#include "daemon/config/section.h"

/* Adds what the text says to the sections, as reading number file. All errors of the text are told
 * at once, in one line. Notices (a key set twice, a comment inside quotes) go to config. The text
 * is valid UTF-8. */
bool ini_parse(const char *text, Sections *sections, unsigned file, Config *config, GError **error);
