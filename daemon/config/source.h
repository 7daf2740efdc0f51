/* Source: the text of a configuration file, checked to be text. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#define SOURCE_MAX_SIZE (16 << 20) /* bytes */

/* Reads the whole file: UTF-8, without NUL, at most SOURCE_MAX_SIZE; a byte-order mark is left out.
 * Caller frees *ret. */
bool source_read(const char *file, char **ret, GError **error);
/* The same checks for a text that is there already; NULL-terminated besides. */
bool source_check(const char *file, const char *text, size_t length, GError **error);
/* Does the name of the file say YAML? */
bool source_is_yaml(const char *file);
