/* Environment: KEY=value pairs of an environment= line, and sets of variables. */
#pragma once

#include <stdbool.h>

#include <glib.h>

/* A table of char * to char * that owns both. */
GHashTable *environment_new(void);
/* Puts all variables of the second into the first. */
void environment_merge(GHashTable *into, GHashTable *from);
/* Puts those into the first that it has not yet. */
void environment_merge_missing(GHashTable *into, GHashTable *from);
/* Adds the pairs of a text to the table; a repeated key counts as last written. Nothing is added on
 * failure. */
bool environment_parse(const char *text, GHashTable *into, GError **error);
/* The pairs of a text that is yet to be expanded, as name, value, name, value, … in their order;
 * g_strfreev. False where expanding could make other pairs of it. */
bool environment_split(const char *text, char ***ret);
