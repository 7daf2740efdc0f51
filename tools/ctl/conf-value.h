/* Conf value: one option of a configuration file, in the form in which people write it.
 *
 * A light reading line by line, for what busvisorctl has to know before it can talk to the daemon;
 * the daemon itself reads the file properly. Includes are not followed, expressions not expanded.
 */
#pragma once

#include <stdbool.h>

#include <glib.h>

/* Whether the name of the file says that it is YAML. */
bool conf_value_is_yaml(const char *path);

/* The whole file. NULL with an error of the FAILURE domain when it cannot be read or is larger than
 * any configuration is. Caller frees with g_free. */
char *conf_value_read_file(const char *path, GError **error);

/* The option key of [section] (INI) or of section: (YAML, as a block or in braces), without quotes.
 * NULL when there is none. Caller frees with g_free. */
char *conf_value_find(const char *text, bool is_yaml, const char *section, const char *key);
