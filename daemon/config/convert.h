/* Convert: a configuration file in INI as the same in YAML. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "daemon/config/config.h"

/* The YAML text of the file by itself: what it includes stays where it is, and so must the new file
 * beside the old one. What is left out (unknown keys and sections, which YAML does not allow)
 * becomes notices of config. Fails on what is no INI; values are not looked at. *ret: g_free. */
bool config_convert(const char *file, Config *config, char **ret, GError **error);
/* Likewise for a text that is there already; path is absolute, the text valid UTF-8. */
bool config_convert_text(
                const char *path, const char *text, Config *config, char **ret, GError **error);
